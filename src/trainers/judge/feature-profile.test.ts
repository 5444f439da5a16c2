import { expect, test } from 'vitest';
import { cellOf, referenceCells } from '../../domain/training/profile.ts';
import { createRandom } from '../../statistics/numeric/random.ts';
import { binnedProfile, categoryProfile, cellsOf } from './feature-profile.ts';

const sum = (counts: readonly number[]): number => counts.reduce((total, count) => total + count, 0);

test('no cell of numbers has fewer than 10 reference rows', () => {
  const random = createRandom('numbers');
  const draws = {
    few: (row: number) => (row < 90 ? random.normal() : Number.NaN),
    many: () => random.normal(),
    mostlyZero: (row: number) => (row < 5 ? 1 + row : 0),
    steps: () => Math.floor(3 * random.next() ** 4),
  };
  for (const draw of Object.values(draws)) {
    const profile = binnedProfile(
      'amount',
      Float64Array.from({ length: 300 }, (_, row) => draw(row)),
      20,
    );
    expect(Math.min(...profile.counts)).toBeGreaterThanOrEqual(10);
    expect(sum(referenceCells(profile))).toBe(300);
  }
  expect(binnedProfile('amount', Float64Array.from({ length: 300 }, draws.many), 20).counts).toHaveLength(20);
  expect(
    binnedProfile(
      'amount',
      Float64Array.from({ length: 300 }, (_, row) => draws.few(row)),
      20,
    ).missing,
  ).toBe(210);
});

test('where no value is rare, all rows are counted, the most frequent value first', () => {
  const texts = Array.from({ length: 400 }, (_, row) => (row % 4 === 0 ? 'bike' : row % 40 === 1 ? null : 'car'));
  const profile = categoryProfile('vehicle', texts);
  expect(profile).toMatchObject({ values: ['car', 'bike'], counts: [290, 100], other: 0, missing: 10 });
});

test('rare values are counted on other rows than those that chose them', () => {
  // Each value fills the stretches that choose, or those that are counted, and none both.
  const texts = Array.from({ length: 2_000 }, (_, row) => (Math.floor(row / 100) % 2 === 0 ? 'chosen' : 'counted'));
  expect(categoryProfile('shop', texts)).toMatchObject({ values: ['chosen'], counts: [0], other: 1_000, missing: 0 });
});

test('the memory of a profile is bounded in bytes, whatever the rows', () => {
  const random = createRandom('bytes');
  const bytes = [10_000, 40_000].map((rows) => {
    const { memory } = binnedProfile(
      'amount',
      Float64Array.from({ length: rows }, () => random.normal()),
      20,
    );
    return JSON.stringify(memory).length;
  });
  for (const length of bytes) expect(length).toBeLessThan(1_000);
});

test('cells of many numbers are those of each', () => {
  const random = createRandom('cells');
  const odd = [Number.NaN, Infinity, -Infinity, 0, -0, 3];
  const numbers = Float64Array.from(
    { length: 5_000 },
    (_, row) => odd[row % 11] ?? Math.round(8 * random.normal()) / 2,
  );
  for (const bins of [1, 2, 5, 16, 17, 20, 40]) {
    const profile = binnedProfile('amount', numbers, bins);
    expect(Array.from(cellsOf(profile, numbers))).toEqual(Array.from(numbers, (value) => cellOf(profile, value)));
  }
});
