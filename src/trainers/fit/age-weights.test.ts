import { expect, test } from 'vitest';
import { ageWeights, countsEnough } from './age-weights.ts';

test('a row counts half after each half-life, and rows behind training count once', () => {
  const weights = ageWeights(14, { from: 2, to: 12 }, 0.2, null);
  // Two rows are a fifth of ten.
  expect([11, 9, 7].map((row) => weights?.[row])).toEqual([1, 0.5, 0.25]);
  expect([...(weights?.subarray(12) ?? [])]).toEqual([1, 1]);
});

test('weights of the rows themselves are multiplied, and stay as they are without a half-life', () => {
  const given = Float64Array.of(4, 0, 2, 8);
  expect(ageWeights(4, { from: 0, to: 3 }, null, given)).toBe(given);
  expect(ageWeights(4, { from: 0, to: 3 }, null, null)).toBeNull();
  const weights = ageWeights(4, { from: 0, to: 3 }, 1 / 3, given);
  [1, 0, 2, 8].forEach((weight, row) => expect(weights?.[row]).toBeCloseTo(weight, 12));
});

test('rows are counted by their weights', () => {
  // Of an endless history with a half-life of h rows about 2.89 · h count (Kish).
  expect(countsEnough({ from: 0, to: 100_000 }, 15 / 100_000)).toBe(true);
  expect(countsEnough({ from: 0, to: 100_000 }, 13 / 100_000)).toBe(false);
  expect(countsEnough({ from: 0, to: 39 }, 1)).toBe(false);
  expect(countsEnough({ from: 0, to: 1_000 }, 1e-9)).toBe(false);
});
