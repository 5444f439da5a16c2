import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { createRandom } from '../../../statistics/numeric/random.ts';
import { ridgeRows } from '../recalibration.ts';
import type { CalibrationRows, Recalibration } from '../task.ts';
import { binaryCorrection } from './correct-binary.ts';
import { logit, sigmoid } from './log-odds.ts';

interface Said {
  readonly coefficients: readonly number[];
  readonly curvature: readonly (readonly number[])[];
}
interface Golden extends Said {
  readonly name: string;
  readonly scores: 'wide' | 'sure' | 'half';
  readonly covariates: 'wide' | 'separable' | 'equal';
  readonly width: number;
  readonly labels: readonly number[];
  readonly earlier?: Said & { readonly weight: number };
}
const url = new URL('./correct-binary.golden.json', import.meta.url);
/** From scipy, scikit-learn and mpmath: `bench/golden/correction.py`, which makes the same rows. */
const golden: { readonly fits: readonly Golden[] } = JSON.parse(readFileSync(url, 'utf8'));
/** As measured on all of them, rounded up to a power of ten; `fit` states it. */
const relativeErrorMax = 1e-14;

describe.each(golden.fits)('$name', (given) => {
  const rows = rowsOf(given);
  const weights = Float64Array.from(given.labels, (_, row) => (((row * 13) % 8) + 1) / 8);

  test('is fitted where others find the least loss', () => {
    const { earlier } = given;
    const fitted = binaryCorrection.fit(
      rows,
      weights,
      earlier === undefined ? {} : { earlier: { ...earlier, at: correctionOf(earlier.coefficients) } },
    );
    expect(errorOf(coefficientsOf(fitted), given.coefficients)).toBeLessThanOrEqual(relativeErrorMax);
  });

  test('is found from another start as well', () => {
    const { earlier } = given;
    const start = correctionOf(given.coefficients.map((_, k) => (k % 2 === 0 ? 0.5 : 1.5)));
    const fitted = binaryCorrection.fit(rows, weights, {
      start,
      ...(earlier === undefined ? {} : { earlier: { ...earlier, at: correctionOf(earlier.coefficients) } }),
    });
    expect(errorOf(coefficientsOf(fitted), given.coefficients)).toBeLessThanOrEqual(relativeErrorMax);
  });

  test('is as sure of it as others say', () => {
    const curvature = binaryCorrection.curvatureAt(rows, weights, correctionOf(given.coefficients)) ?? [];
    expect(errorOf(curvature.flat(), given.curvature.flat())).toBeLessThanOrEqual(relativeErrorMax);
  });
});

test('the curvature is that of finite differences of the loss', () => {
  const random = createRandom('curvature');
  const labels = Array.from({ length: 80 }, () => random.integer(2));
  const width = 3;
  const covariates = { width, values: Float64Array.from({ length: 80 * width }, () => random.normal()) };
  const rows = { labels, raw: labels.map(() => pairOf(random.next())), covariates };
  const weights = Float64Array.from(labels, () => random.next());
  const at = [0.3, 0.8, 0.2, -0.5, 0.1];
  const lossAt = (by: readonly number[]): number =>
    labels.reduce((sum, label, row) => {
      const logOdds = by.reduce((total, value, k) => total + value * columnOf(rows, row, k), 0);
      return sum + (weights[row] ?? 0) * Math.log1p(Math.exp(label === 1 ? -logOdds : logOdds));
    }, 0);
  const step = 1e-3;
  const moved = (i: number, j: number, one: number, other: number): number =>
    lossAt(at.map((value, k) => value + step * ((k === i ? one : 0) + (k === j ? other : 0))));
  const curvature = binaryCorrection.curvatureAt(rows, weights, correctionOf(at)) ?? [];
  for (let i = 0; i < at.length; i++)
    for (let j = 0; j < at.length; j++) {
      const difference = moved(i, j, 1, 1) - moved(i, j, 1, -1) - moved(i, j, -1, 1) + moved(i, j, -1, -1);
      expect(curvature[i]?.[j]).toBeCloseTo(difference / (4 * step * step), 4);
    }
});

test('earlier rows of another width are not gone on from', () => {
  const random = createRandom('width');
  const labels = Array.from({ length: 60 }, () => random.integer(2));
  const rows = { labels, raw: labels.map(() => pairOf(random.next())) };
  const weights = new Float64Array(60).fill(1);
  const at = { slope: 2, intercepts: [1], weights: [1] };
  for (const curvature of [
    [[9]],
    [[9, 0, 0], [0], [0, 0, 9]],
    [
      [9, 0, 0],
      [0, 9, 0],
      [0, 0, 9],
    ],
  ])
    expect(
      binaryCorrection.fit(rows, weights, { start: correctionOf([0, 1]), earlier: { at, curvature, weight: 1 } }),
    ).toEqual(binaryCorrection.fit(rows, weights));
});

test.each([
  ['one feature tells all', 1, (label: number) => (label === 1 ? 3 : -3)],
  ['twenty-four equal ones tell all', 24, (label: number) => (label === 1 ? 3 : -3)],
  ['one is 0 throughout', 1, () => 0],
])('%s: what is fitted stays finite and within its limits', (_what, width, valueOf) => {
  const labels = Array.from({ length: 300 }, (_, row) => (row * 7) % 2);
  const values = Float64Array.from({ length: 300 * width }, (_, at) => valueOf(labels[Math.floor(at / width)] ?? 0));
  const rows = { labels, raw: labels.map(() => [0.5, 0.5]), covariates: { width, values } };
  const fitted = binaryCorrection.fit(rows, new Float64Array(300).fill(1));
  for (const weight of fitted.weights ?? []) expect(Math.abs(weight)).toBeLessThanOrEqual(2);
  // Equal columns share what one of them would say.
  expect(new Set(fitted.weights?.map((weight) => weight.toFixed(9))).size).toBe(1);
  expect(coefficientsOf(fitted).every(Number.isFinite)).toBe(true);
});

test('what is beyond its limit stands at it, and the others are fitted beside it', () => {
  const random = createRandom('limit');
  const raw = Array.from({ length: 5_000 }, () => pairOf(random.next()));
  const labels = raw.map(([, positive = 0]) => (random.next() < positive ? 1 : 0));
  const covariates = { width: 1, values: Float64Array.from(labels) };
  const rows = { labels, raw, covariates };
  const [intercept = 0, slope = 0, weight] = coefficientsOf(
    binaryCorrection.fit(rows, new Float64Array(5_000).fill(1)),
  );
  // Alone it would be larger, and the intercept would make up for that.
  expect(weight).toBe(2);
  const lossAt = (a: number, b: number): number =>
    labels.reduce<number>((sum, label, row) => {
      const logOdds = a + b * columnOf(rows, row, 1) + 2 * label;
      return sum + Math.log1p(Math.exp(label === 1 ? -logOdds : logOdds));
    }, 0) +
    0.5 * ridgeRows * (a * a + (b - 1) ** 2);
  const least = lossAt(intercept, slope);
  for (const step of [-1e-3, 1e-3]) {
    expect(lossAt(intercept + step, slope)).toBeGreaterThan(least);
    expect(lossAt(intercept, slope + step)).toBeGreaterThan(least);
  }
});

test('covariates add to the log-odds; one that has no part changes no bit', () => {
  const by = { slope: 0.9, intercepts: [0.1], weights: [0.5, -1] };
  const [no = 0, yes = 0] = binaryCorrection.apply(by, [0.3, 0.7], [2, 0.25]);
  expect(logit(yes)).toBeCloseTo(0.1 + 0.9 * logit(0.7) + 1 - 0.25, 12);
  expect(no + yes).toBe(1);
  const without = binaryCorrection.apply({ slope: 0.9, intercepts: [0.1] }, [0.3, 0.7]);
  expect(binaryCorrection.apply({ ...by, weights: [0, 0] }, [0.3, 0.7], [2, 0.25])).toEqual(without);
  expect(binaryCorrection.apply(by, [0.3, 0.7]), 'a row without covariates').toEqual(without);
});

function rowsOf({ labels, scores, covariates, width }: Golden): CalibrationRows {
  const raw = labels.map((_, row) => {
    if (scores === 'half') return pairOf(0.5);
    return pairOf(scores === 'sure' ? (row % 10 === 0 ? 0 : 1) : (((row * 37) % 97) + 1) / 128);
  });
  if (width === 0) return { labels, raw };
  const values = Float64Array.from({ length: labels.length * width }, (_, at) => {
    const [row, k] = [Math.floor(at / width), covariates === 'equal' ? 0 : at % width];
    if (covariates === 'separable' && k === 0) return labels[row] === 1 ? 3 : -3;
    return ((row * (31 + 17 * k) + 7919 * k) % 101) / 32 - 1.5;
  });
  return { labels, raw, covariates: { width, values } };
}

function columnOf({ raw, covariates }: CalibrationRows, row: number, k: number): number {
  if (k < 2) return k === 0 ? 1 : logit(raw[row]?.[1] ?? 0);
  return covariates?.values[row * covariates.width + k - 2] ?? 0;
}

function pairOf(positive: number): readonly number[] {
  return [1 - positive, positive];
}

function correctionOf([intercept = 0, slope = 1, ...weights]: readonly number[]): Recalibration {
  return { slope, intercepts: [intercept], weights };
}

function coefficientsOf({ slope, intercepts, weights = [] }: Recalibration): readonly number[] {
  return [...intercepts, slope, ...weights];
}

/** Of each number; of those that are nearly 0, beside the largest. */
function errorOf(given: readonly number[], wanted: readonly number[]): number {
  expect(given).toHaveLength(wanted.length);
  const largest = Math.max(...wanted.map(Math.abs));
  return Math.max(...given.map((value, k) => Math.abs(value - (wanted[k] ?? 0)) / largest));
}

test('log-odds are those of their probability, clipped at 0.003', () => {
  for (const x of [-5, -0.1, 0, 3]) expect(logit(sigmoid(x))).toBeCloseTo(x, 12);
  expect(logit(0)).toBe(logit(0.003));
  expect(logit(1)).toBe(logit(0.997));
});
