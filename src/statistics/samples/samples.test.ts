import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { chiSquareHomogeneity } from './chi-square.ts';
import { pairedDelong } from './delong.ts';
import { jensenShannon } from './divergence.ts';
import {
  absoluteErrorRows,
  brierRows,
  calibrationError,
  decideRows,
  f1Score,
  hitRows,
  logLossRows,
  mean,
  squaredErrorRows,
} from './losses.ts';
import { benjaminiHochberg, holmRejected } from './multiplicity.ts';
import { momentsOf, welchGreater } from './paired.ts';
import { ascendingOrder, auroc, averagePrecision, midRanks } from './ranking.ts';
import { valueOptimalThreshold } from './threshold.ts';

interface Golden {
  readonly labels: number[];
  readonly a: number[];
  readonly b: number[];
  readonly aurocA: number;
  readonly aurocB: number;
  readonly delongSe: number;
  readonly averagePrecisionA: number;
  readonly logLossA: number;
  readonly brierA: number;
  readonly f1A: number;
  readonly midRanksA: number[];
  readonly labels3: number[];
  readonly scores3: number[];
  readonly logLoss3: number;
  readonly brier3: number;
  readonly accuracy3: number;
  readonly macroF13: number;
  readonly values: number[];
  readonly predicted: number[];
  readonly rmse: number;
  readonly mae: number;
  readonly pValues: number[];
  readonly bh: number[];
  readonly reference: number[];
  readonly current: number[];
  readonly chi2: number[];
  readonly js: number;
  readonly welch: number[];
}
const golden: Golden = JSON.parse(readFileSync(new URL('./samples.golden.json', import.meta.url), 'utf8'));
const two = golden.a.flatMap((p) => [1 - p, p]);

describe('ranking', () => {
  test('agrees with scikit-learn and scipy, ties included', () => {
    expect([...midRanks(golden.a)]).toEqual(golden.midRanksA);
    expect(auroc(golden.a, golden.labels)).toBeCloseTo(golden.aurocA, 12);
    expect(averagePrecision(golden.a, golden.labels)).toBeCloseTo(golden.averagePrecisionA, 12);
  });
  test('one class: absent, not NaN', () => {
    expect(auroc([0.1, 0.2], [1, 1])).toBeNull();
    expect(averagePrecision([0.1, Number.NaN], [0, 0])).toBeNull();
  });
  test('DeLong equals its O(n^2) definition; identical scores differ by exactly 0', () => {
    const got = pairedDelong(golden.a, golden.b, golden.labels);
    expect(got?.difference).toBeCloseTo(golden.aurocA - golden.aurocB, 12);
    expect(got?.standardError).toBeCloseTo(golden.delongSe, 12);
    expect(pairedDelong(golden.a, golden.a, golden.labels)).toMatchObject({ difference: 0, standardError: 0 });
  });
});

describe('losses', () => {
  test('binary', () => {
    expect(mean(logLossRows(two, 2, golden.labels))).toBeCloseTo(golden.logLossA, 12);
    expect(mean(brierRows(two, 2, golden.labels))).toBeCloseTo(golden.brierA, 12);
    expect(f1Score(decideRows(two, 2, 0.5), golden.labels, 2)).toBeCloseTo(golden.f1A, 12);
    expect(mean(logLossRows([1, 0], 2, [1]))).toBeCloseTo(-Math.log(0.001), 12);
  });
  test('three classes', () => {
    const decisions = decideRows(golden.scores3, 3, null);
    expect(mean(logLossRows(golden.scores3, 3, golden.labels3))).toBeCloseTo(golden.logLoss3, 12);
    expect(mean(brierRows(golden.scores3, 3, golden.labels3))).toBeCloseTo(golden.brier3, 12);
    expect(mean(hitRows(decisions, golden.labels3))).toBeCloseTo(golden.accuracy3, 12);
    expect(f1Score(decisions, golden.labels3, 3)).toBeCloseTo(golden.macroF13, 12);
  });
  test('regression', () => {
    expect(Math.sqrt(mean(squaredErrorRows(golden.predicted, golden.values)))).toBeCloseTo(golden.rmse, 12);
    expect(mean(absoluteErrorRows(golden.predicted, golden.values))).toBeCloseTo(golden.mae, 12);
  });
  test('calibration error: 0 when each bin comes true as said, and blind to the order of ties', () => {
    const confidences = Array.from({ length: 100 }, (_, i) => (i < 50 ? 0.2 : 0.8));
    const outcomes = confidences.map((p, i) => (i % 5 < p * 5 ? 1 : 0));
    expect(calibrationError(confidences, outcomes, ascendingOrder(confidences))).toBeCloseTo(0, 12);
    const off = confidences.map((p) => p + 0.1);
    expect(calibrationError(off, outcomes, ascendingOrder(off))).toBeCloseTo(0.1, 12);
    expect(calibrationError(off, outcomes.toReversed(), ascendingOrder(off))).toBeGreaterThan(0.4);
  });
});

describe('thresholds', () => {
  test('both optima equal the best of an exhaustive search', () => {
    const gainYes = golden.labels.map((y) => (y === 1 ? 3 : -1));
    const gainNo = golden.labels.map((y) => (y === 1 ? -2 : 0));
    const candidates = [...new Set(golden.a), 1.01];
    const value = (t: number) =>
      golden.a.reduce((sum, p, i) => sum + ((p >= t ? gainYes[i] : gainNo[i]) ?? 0), 0) / golden.a.length;
    const byValue = valueOptimalThreshold(golden.a, gainYes, gainNo);
    expect(byValue.achieved).toBeCloseTo(Math.max(...candidates.map(value)), 12);
    expect(value(byValue.threshold)).toBeCloseTo(byValue.achieved, 12);
    expect(golden.a).not.toContain(byValue.threshold);
  });
  test('never, always, and nothing to find', () => {
    expect(valueOptimalThreshold([0.2, 0.9], [-1, -1], [0, 0]).threshold).toBeGreaterThan(0.9);
    expect(valueOptimalThreshold([0.2, 0.9], [1, 1], [0, 0]).threshold).toBeLessThan(0.2);
  });
});

describe('tests on samples', () => {
  test('chi-square homogeneity', () => {
    const got = chiSquareHomogeneity(golden.reference, golden.current);
    expect(got.statistic).toBeCloseTo(golden.chi2[0] ?? 0, 10);
    expect(got.pValue).toBeCloseTo(golden.chi2[1] ?? 0, 12);
    expect(got.df).toBe(golden.chi2[2]);
  });
  test('one unseen row in 1,000 is no drift; a constant column says nothing', () => {
    expect(chiSquareHomogeneity([500, 500, 0], [500, 499, 1]).pValue).toBeGreaterThan(0.5);
    expect(chiSquareHomogeneity([1_000, 0], [300, 0])).toMatchObject({ statistic: 0, df: 0, pValue: 1 });
  });
  test('Benjamini-Hochberg', () => {
    benjaminiHochberg(golden.pValues).forEach((p, i) => expect(p).toBeCloseTo(golden.bh[i] ?? 0, 12));
  });
  test('Holm rejects step by step: the second is asked at half of alpha once the first is gone', () => {
    const rejected = (pValues: readonly number[], alpha: number) =>
      holmRejected(pValues.length, alpha, (index, level) => (pValues[index] ?? 1) <= level);
    expect(rejected([0.03, 0.01, 0.9], 0.05).map(({ index }) => index)).toEqual([1]);
    expect(rejected([0.02, 0.01, 0.9], 0.05)).toEqual([
      { index: 1, alpha: 0.05 / 3 },
      { index: 0, alpha: 0.025 },
    ]);
    // Each below 5 % by itself, and nothing proven of the three together.
    expect(rejected([0.02, 0.03, 0.04], 0.05)).toEqual([]);
    expect(rejected([], 0.05)).toEqual([]);
  });
  test('Jensen-Shannon', () => {
    expect(jensenShannon(golden.reference, golden.current).distance).toBeCloseTo(golden.js, 12);
    expect(jensenShannon([10, 0], [0, 10]).distance).toBeCloseTo(Math.sqrt(Math.LN2), 12);
  });
  test('Welch', () => {
    const [first, second] = [golden.a.slice(0, 40), golden.a.slice(40)].map((values) => {
      const { count, mean, variance } = momentsOf(values);
      return { mean, standardError: Math.sqrt(variance / count), df: count - 1 };
    });
    if (first === undefined || second === undefined) throw new RangeError('there are two samples');
    const welch = welchGreater(first, second);
    expect([welch.t, welch.df, welch.pValue].map((x) => x.toFixed(9))).toEqual(golden.welch.map((x) => x.toFixed(9)));
    expect(welchGreater({ ...first, standardError: 0 }, { ...first, mean: 0, standardError: 0 }).pValue).toBe(
      first.mean > 0 ? 0 : 1,
    );
  });
});
