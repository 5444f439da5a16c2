import { expect, test } from 'vitest';
import { createRandom } from '../../../statistics/numeric/random.ts';
import { rowsWorth } from './rows-worth.ts';

function remembering(memory: number, rows: number): Float64Array {
  const random = createRandom(`rows ${memory} ${rows}`);
  let state = random.normal();
  return Float64Array.from(
    { length: rows },
    () => (state = memory * state + Math.sqrt(1 - memory ** 2) * random.normal()),
  );
}

test('rows that remember each other count for less, the more so the further out the level lies', () => {
  const [free, bound] = [remembering(0, 400), remembering(0.8, 400)];
  expect(rowsWorth(bound, 0.01)).toBeLessThan(rowsWorth(free, 0.01));
  expect(rowsWorth(bound, 0.0001)).toBeLessThan(rowsWorth(bound, 0.01));
  expect(rowsWorth(remembering(0.8, 10_000), 0.01)).toBeGreaterThan(rowsWorth(bound, 0.01));
});

test('many rows without memory count for nearly all of themselves', () => {
  expect(rowsWorth(remembering(0, 20_000), 0.01)).toBeGreaterThan(0.75);
});

test('constant rows count in full, and rows that only rise for hardly anything', () => {
  expect(rowsWorth(new Float64Array(50).fill(3), 0.01)).toBe(1);
  expect(
    rowsWorth(
      Float64Array.from({ length: 500 }, (_, row) => row),
      0.01,
    ),
  ).toBeLessThan(0.2);
  expect(rowsWorth(Float64Array.from([0, 1]), 0.01)).toBeGreaterThan(0);
});
