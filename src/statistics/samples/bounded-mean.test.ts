import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { boundedMeanLower } from './bounded-mean.ts';
import { shareLower, shareUpper } from '../distributions/clopper-pearson.ts';
import { areaRows, pairedDelong } from './delong.ts';
import { jackknifeRows } from './jackknife.ts';
import { mean } from './losses.ts';
import { momentsOf } from './paired.ts';
import { createRandom } from '../numeric/random.ts';

interface Golden {
  readonly means: readonly {
    readonly name: string;
    readonly values: readonly number[];
    readonly worst: number;
    readonly alpha: number;
    readonly weight: number;
    readonly times: number;
    readonly bound: number;
  }[];
  readonly shares: readonly (readonly [count: number, rows: number, alpha: number, low: number, high: number])[];
}
const golden: Golden = JSON.parse(readFileSync(new URL('./bounded-mean.golden.json', import.meta.url), 'utf8'));

describe('a lower bound of a bounded mean', () => {
  test.each(golden.means)('$name, alpha $alpha, weight $weight, $times times', (given) => {
    const { values, bound, ...options } = given;
    const got = boundedMeanLower(values, options);
    const reach = momentsOf(values).mean - bound;
    // By how much of its distance from the mean the bound is off.
    expect(Math.abs(got - bound) / reach).toBeLessThan(options.weight === 1 ? 0.01 : 0.03);
  });
  test('of zeros and ones it is the one of Clopper and Pearson, a little to the safe side', () => {
    for (const [hits, rows] of [
      [10, 10],
      [9, 10],
      [50, 100],
      [990, 1_000],
    ] as const) {
      const values = Float64Array.from({ length: rows }, (_, row) => (row < hits ? 1 : 0));
      const exact = shareLower(hits, rows, 0.05);
      const got = boundedMeanLower(values, { alpha: 0.05, worst: 0 });
      expect(got).toBeLessThanOrEqual(exact + 1e-9);
      expect(got).toBeGreaterThan(exact - 0.02 * (1 - exact));
    }
  });
  test('a value that was never seen pulls it down by about three rows', () => {
    expect(boundedMeanLower(new Float64Array(1_000), { alpha: 0.05, worst: -1 })).toBeCloseTo(-0.003, 4);
    expect(boundedMeanLower([5, 5], { alpha: 0.05, worst: 5 })).toBe(5);
  });
});

test('shares against statsmodels and scipy', () => {
  for (const [count, rows, alpha, low, high] of golden.shares) {
    expect(shareLower(count, rows, alpha)).toBeCloseTo(low, 11);
    expect(shareUpper(count, rows, alpha)).toBeCloseTo(high, 11);
  }
});

describe('rows of a metric', () => {
  const random = createRandom('rows');
  const values = Float64Array.from({ length: 300 }, () => random.normal());
  test('the jackknife of a mean gives the values themselves', () => {
    const rows = jackknifeRows(values.length, (weights) => mean(values, weights)) ?? [];
    rows.forEach((value, row) => expect(value).toBeCloseTo(values[row] ?? 0, 9));
  });
  test('of many rows, neighbours share a number, and the mean stays the metric', () => {
    const many = Float64Array.from({ length: 2_500 }, () => random.normal());
    const rows = jackknifeRows(many.length, (weights) => Math.exp(mean(many, weights))) ?? new Float64Array(0);
    expect(mean(rows)).toBeCloseTo(Math.exp(mean(many)), 12);
    expect(new Set(rows).size).toBe(625);
    expect(jackknifeRows(1, () => 1)).toBeNull();
  });
  test('of an AUROC they average to it and spread as DeLong says', () => {
    const labels = values.map((value) => (value + random.normal() > 0 ? 1 : 0));
    const rows = areaRows(values, labels) ?? new Float64Array(0);
    // Against a score that ranks nothing: its placements are all one half, so that the covariance is this area's own.
    const { a, standardError } = pairedDelong(values, new Float64Array(300), labels) ?? { a: 0, standardError: 0 };
    expect(mean(rows)).toBeCloseTo(a, 12);
    expect(Math.sqrt(momentsOf(rows).variance / rows.length)).toBeCloseTo(standardError, 3);
    expect(areaRows(values, new Float64Array(300))).toBeNull();
  });
});
