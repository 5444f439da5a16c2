import { describe, expect, test } from 'vitest';
import { createRandom } from '../../../statistics/numeric/random.ts';
import type { CalibrationRows, Recalibration } from '../task.ts';
import { blendOf } from './blend.ts';
import { binaryCorrection } from './correct-binary.ts';
import { logit, sigmoid } from './log-odds.ts';

const opinion = [1.5, -2.5];

/** Half of the truth is the version's, which sees what no feature says; `by` is the opinion of the linear model. */
function rowsOf(count: number, by: readonly number[] | undefined): CalibrationRows {
  const random = createRandom('blend');
  const values = Float64Array.from({ length: 2 * count }, () => random.normal());
  const raw = Array.from({ length: count }, (_, row) => sigmoid(2 * random.normal() + (values[2 * row] ?? 0)));
  const labels = raw.map((p, row) => {
    const linear = (opinion[0] ?? 0) * (values[2 * row] ?? 0) + (opinion[1] ?? 0) * (values[2 * row + 1] ?? 0);
    return random.next() < sigmoid(0.5 * logit(p) + 0.5 * linear) ? 1 : 0;
  });
  return {
    labels,
    raw: raw.map((p) => [1 - p, p]),
    covariates: { width: 2, values, ...(by === undefined ? {} : { opinion: by }) },
  };
}
const fitOf = (count: number, by: readonly number[] | undefined): Recalibration =>
  binaryCorrection.fit(rowsOf(count, by), new Float64Array(count).fill(1));

describe('the prior of two opinions', () => {
  test('without a row it is the mean of both, in log-odds', () => {
    const { slope, intercepts, weights } = fitOf(0, opinion);
    expect([slope, ...intercepts]).toEqual([0.5, 0]);
    expect(weights?.map((weight) => Number(weight.toFixed(12)))).toEqual([0.75, -1.25]);
    expect(fitOf(0, undefined)).toMatchObject({ slope: 1, weights: [0, 0] });
  });

  test('is as free along the opinion as a slope, and as stiff as without it across', () => {
    const { valueAt, precision } = blendOf(opinion);
    const moved = (by: readonly number[]): number =>
      valueAt([0, 0.5, ...opinion.map((value, k) => 0.5 * value + (by[k] ?? 0))]);
    const across = [2.5, 1.5];
    const squares = across.reduce((sum, value) => sum + value * value, 0);
    expect(moved(across)).toBeCloseTo(0.5 * 50 * squares, 9);
    // A share of 1 more: of two ways to it the cheaper one is paid.
    expect(moved(opinion)).toBeLessThan(0.5 * 5);
    expect(moved(opinion)).toBeGreaterThan(0.5 * 4.5);
    expect(precision.map((row, i) => row.map((value, j) => value - (precision[j]?.[i] ?? 0))).flat()).toEqual(
      new Array(16).fill(0),
    );
  });

  test('what the rows say takes over, whatever the opinion was', () => {
    const right = fitOf(50_000, opinion);
    const wrong = fitOf(
      50_000,
      opinion.map((value) => -value),
    );
    const none = fitOf(50_000, undefined);
    for (const [k, weight] of (none.weights ?? []).entries()) {
      expect(Math.abs((right.weights?.[k] ?? 0) - weight)).toBeLessThan(0.05);
      expect(Math.abs((wrong.weights?.[k] ?? 0) - weight)).toBeLessThan(0.05);
    }
  });

  test('a good opinion is worth more than none where rows are few', () => {
    const later = rowsOf(5_000, undefined);
    const lossOf = (by: Recalibration): number =>
      later.raw.reduce((sum, scores, row) => {
        const answer = binaryCorrection.apply(by, scores, later.covariates?.values.subarray(2 * row, 2 * row + 2));
        return sum + binaryCorrection.loss(answer, later.labels[row] ?? 0);
      }, 0) / later.raw.length;
    expect(lossOf(fitOf(60, opinion))).toBeLessThan(lossOf(fitOf(60, undefined)) - 0.01);
  });
});
