import { expect, test } from 'vitest';
import { estimateOf, placeOf, registers } from './distinct.ts';

function estimated(prefix: string, values: number): number {
  const ranks = new Map<number, number>();
  for (let at = 0; at < values; at++) {
    const { register, rank } = placeOf(`${prefix}${at}`);
    ranks.set(register, Math.max(ranks.get(register) ?? 0, rank));
  }
  return estimateOf(
    ranks.size,
    [...ranks.values()].reduce((sum, rank) => sum + 1 / 2 ** rank, 0),
  );
}

const standardError = 1.04 / Math.sqrt(registers);

test('the standard error is the one that docs/feature-views.md states', () => {
  expect(standardError).toBeCloseTo(0.0325, 4);
});

test('a sketch is off by its standard error, over sizes from where registers begin to be shared', () => {
  const errors = [500, 2_000, 5_000, 20_000].flatMap((size) =>
    Array.from({ length: 12 }, (_, at) => estimated(`${at}/`, size) / size - 1),
  );
  const typical = Math.sqrt(errors.reduce((sum, error) => sum + error * error, 0) / errors.length);
  expect(typical).toBeGreaterThan(standardError / 2);
  expect(typical).toBeLessThan(1.3 * standardError);
  expect(Math.max(...errors.map(Math.abs))).toBeLessThan(4 * standardError);
});

test('a handful of values is counted exactly', () => {
  for (const size of [0, 1, 2, 5, 10]) expect(estimated('few', size)).toBe(size);
});
