import { expect, test } from 'vitest';
import { fisherSf, incompleteBeta } from './beta.ts';
import { shareLower, shareUpper } from './clopper-pearson.ts';
import { incompleteGamma } from './gamma.ts';
import { normalQuantile, normalSf } from './normal.ts';

// Values inside the ranges are held against golden vectors (tests/unit/kernel-golden.test.ts): these are the ends.
test('where nothing is known, NaN; at the ends, 0, 1 and infinity', () => {
  expect([normalQuantile(-0.1), normalQuantile(0), normalQuantile(1)]).toEqual([Number.NaN, -Infinity, Infinity]);
  expect(normalSf(-40)).toBe(1);
  expect(incompleteGamma(2, 0)).toEqual({ lower: 0, upper: 1 });
  expect(incompleteGamma(2, Infinity)).toEqual({ lower: 1, upper: 0 });
  expect(incompleteGamma(2, Number.NaN).lower).toBeNaN();
  expect(incompleteBeta(2, 3, 1)).toEqual({ lower: 1, upper: 0 });
  expect(incompleteBeta(2, 3, Number.NaN).upper).toBeNaN();
  expect(fisherSf(0, 3, 4)).toBe(1);
});

test('a share of nothing or of all reaches the end', () => {
  expect(shareLower(0, 10, 0.05)).toBe(0);
  expect(shareUpper(10, 10, 0.05)).toBe(1);
});
