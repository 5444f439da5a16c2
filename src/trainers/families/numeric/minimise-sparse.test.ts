import { describe, expect, test } from 'vitest';
import { lehmer } from '../../../../tests/worlds/fit-fixture.ts';
import { minimiseSparse, steepest } from './minimise-sparse.ts';

interface Problem {
  readonly rows: readonly Float64Array[];
  readonly labels: Float64Array;
}

/** Columns that go together, of which a third matters; the scales differ by a hundred. */
function problem(seed: number, rows: number, width: number): Problem {
  const random = lehmer(seed);
  const common = Array.from({ length: rows }, () => random() - 0.5);
  const design = common.map((shared) =>
    Float64Array.from({ length: width }, (_, k) =>
      k === 0 ? 1 : (shared + random() - 0.5) * (k % 5 === 0 ? 10 : 0.1),
    ),
  );
  const labels = Float64Array.from(design, (row) =>
    row.reduce((sum, value, k) => sum + (k % 3 === 1 ? value : 0), random() - 0.5),
  );
  return { rows: design, labels };
}

/** Mean squared error, halved. */
function squaredLoss({ rows, labels }: Problem, x: Float64Array, gradient: Float64Array): number {
  gradient.fill(0);
  let loss = 0;
  for (const [i, row] of rows.entries()) {
    const error = row.reduce((sum, value, k) => sum + value * (x[k] ?? 0), 0) - (labels[i] ?? 0);
    loss += (error * error) / 2 / rows.length;
    for (let k = 0; k < x.length; k++) gradient[k] = (gradient[k] ?? 0) + (error * (row[k] ?? 0)) / rows.length;
  }
  return loss;
}

/** One weight at a time, each set to where the loss along it is least: slow, and right. */
function byCoordinates({ rows, labels }: Problem, penalty: number, width: number): Float64Array {
  const x = new Float64Array(width);
  const errors = labels.map((label) => -label);
  for (let sweep = 0; sweep < 20_000; sweep++) {
    let moved = 0;
    for (let k = 0; k < width; k++) {
      let [slope, curvature] = [0, 0];
      for (const [i, row] of rows.entries()) {
        slope += ((errors[i] ?? 0) * (row[k] ?? 0)) / rows.length;
        curvature += ((row[k] ?? 0) * (row[k] ?? 0)) / rows.length;
      }
      const free = curvature * (x[k] ?? 0) - slope;
      const shrunk = k === 0 ? free : Math.sign(free) * Math.max(0, Math.abs(free) - penalty);
      const step = shrunk / curvature - (x[k] ?? 0);
      x[k] = (x[k] ?? 0) + step;
      for (const [i, row] of rows.entries()) errors[i] = (errors[i] ?? 0) + step * (row[k] ?? 0);
      moved = Math.max(moved, Math.abs(step));
    }
    if (moved < 1e-12) break;
  }
  return x;
}

const options = { iterationsMax: 5_000, gradientMax: 1e-8, onIteration: async () => undefined };

describe.each([0.0005, 0.01, 0.1, 10])('a penalty of %d', (penalty) => {
  const made = problem(5, 80, 15);
  const solve = () =>
    minimiseSparse(
      (x, gradient) => squaredLoss(made, x, gradient),
      new Float64Array(15),
      { penalty, first: 1 },
      options,
    );

  test('ends where the conditions of Karush, Kuhn and Tucker hold', async () => {
    const x = await solve();
    const gradient = new Float64Array(15);
    squaredLoss(made, x, gradient);
    for (let k = 0; k < 15; k++) {
      const [weight, slope] = [x[k] ?? 0, gradient[k] ?? 0];
      if (k === 0) expect(Math.abs(slope)).toBeLessThan(1e-7);
      else if (weight === 0) expect(Math.abs(slope)).toBeLessThanOrEqual(penalty + 1e-7);
      else expect(Math.abs(slope + penalty * Math.sign(weight))).toBeLessThan(1e-7);
    }
    expect(steepest(x, gradient, penalty, 1).every((slope) => Math.abs(slope) < 1e-7)).toBe(true);
  });

  test('is where coordinate descent ends, zero for zero', async () => {
    const x = await solve();
    const expected = byCoordinates(made, penalty, 15);
    for (let k = 0; k < 15; k++) {
      expect(Math.abs((x[k] ?? 0) - (expected[k] ?? 0))).toBeLessThan(1e-4);
      expect(x[k] === 0).toBe(expected[k] === 0);
    }
  });
});

test('larger penalties leave fewer weights, and one that is large enough the level alone', async () => {
  const made = problem(9, 80, 15);
  const counts: number[] = [];
  for (const penalty of [1e-6, 0.003, 0.03, 100]) {
    // oxlint-disable-next-line no-await-in-loop -- one after the other is as fast
    const x = await minimiseSparse(
      (at, gradient) => squaredLoss(made, at, gradient),
      new Float64Array(15),
      { penalty, first: 1 },
      options,
    );
    counts.push(x.filter((weight) => weight !== 0).length);
  }
  expect(counts[0]).toBeGreaterThan(10);
  expect(counts.at(-1)).toBe(1);
  expect(counts).toEqual(counts.toSorted((a, b) => b - a));
});
