import { expect, test } from 'vitest';
import type { ViewFeatureSpec } from './view-spec.ts';
import { isSameValue, skewsOf } from './skew.ts';

const latest: ViewFeatureSpec = { name: 'age', kind: 'number' };
const summed: ViewFeatureSpec = {
  name: 'spend',
  kind: 'number',
  aggregate: 'sum',
  column: 'amount',
  over: null,
  windowMs: 3_600_000,
};

test('values are the same bit for bit, and sums of fractions to a billionth', () => {
  expect(isSameValue(latest, 0.1 + 0.2, 0.3)).toBe(false);
  expect(isSameValue(summed, 0.1 + 0.2, 0.3)).toBe(true);
  expect(isSameValue(summed, 1_000_000, 1_000_000.01)).toBe(false);
  expect(isSameValue(summed, null, 0)).toBe(false);
  expect(isSameValue(latest, null, null)).toBe(true);
  expect(isSameValue(latest, '1', 1)).toBe(false);
});

test('what differs is named with both values; what was not served is not compared', () => {
  expect(skewsOf([latest, summed], { age: 5 }, { age: 6, spend: 1 })).toEqual([
    { feature: 'age', served: 5, recomputed: 6 },
  ]);
  expect(skewsOf([latest, summed], { age: 5, spend: null }, { age: 5 })).toEqual([]);
});
