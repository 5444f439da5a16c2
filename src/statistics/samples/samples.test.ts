import { describe, expect, test } from 'vitest';
import { createRandom } from '../numeric/random.ts';
import { chiSquareHomogeneity } from './chi-square.ts';
import { pairedDelong } from './delong.ts';
import { jensenShannon } from './divergence.ts';
import { calibrationError, logLossRows, mean } from './losses.ts';
import { holmRejected } from './multiplicity.ts';
import { welchGreater } from './paired.ts';
import { ascendingOrder, auroc, averagePrecision } from './ranking.ts';
import { valueOptimalThreshold } from './threshold.ts';

// Values are held against golden vectors (tests/unit/kernel-golden.test.ts): here stands what no library says.
const random = createRandom('samples');
const scores = Array.from({ length: 120 }, () => Math.round(100 * random.next()) / 100);
const labels = scores.map((score) => (random.next() < score ? 1 : 0));

describe('ranking', () => {
  test('one class: absent, not NaN', () => {
    expect(auroc([0.1, 0.2], [1, 1])).toBeNull();
    expect(averagePrecision([0.1, Number.NaN], [0, 0])).toBeNull();
  });
  test('identical scores differ by exactly 0', () => {
    expect(pairedDelong(scores, scores, labels)).toMatchObject({ difference: 0, standardError: 0 });
  });
});

describe('losses', () => {
  test('a probability of 0 costs what one of 0.001 does', () => {
    expect(mean(logLossRows([1, 0], 2, [1]))).toBeCloseTo(-Math.log(0.001), 12);
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
    const gainYes = labels.map((y) => (y === 1 ? 3 : -1));
    const gainNo = labels.map((y) => (y === 1 ? -2 : 0));
    const candidates = [...new Set(scores), 1.01];
    const value = (t: number) =>
      scores.reduce((sum, p, i) => sum + ((p >= t ? gainYes[i] : gainNo[i]) ?? 0), 0) / scores.length;
    const byValue = valueOptimalThreshold(scores, gainYes, gainNo);
    expect(byValue.achieved).toBeCloseTo(Math.max(...candidates.map(value)), 12);
    expect(value(byValue.threshold)).toBeCloseTo(byValue.achieved, 12);
    expect(scores).not.toContain(byValue.threshold);
  });
  test('never, always, and nothing to find', () => {
    expect(valueOptimalThreshold([0.2, 0.9], [-1, -1], [0, 0]).threshold).toBeGreaterThan(0.9);
    expect(valueOptimalThreshold([0.2, 0.9], [1, 1], [0, 0]).threshold).toBeLessThan(0.2);
  });
});

describe('tests on samples', () => {
  test('one unseen row in 1,000 is no drift; a constant column says nothing', () => {
    expect(chiSquareHomogeneity([500, 500, 0], [500, 499, 1]).pValue).toBeGreaterThan(0.5);
    expect(chiSquareHomogeneity([1_000, 0], [300, 0])).toMatchObject({ statistic: 0, df: 0, pValue: 1 });
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
    expect(jensenShannon([10, 0], [0, 10]).distance).toBeCloseTo(Math.sqrt(Math.LN2), 12);
  });
  test('Welch without any spread', () => {
    const still = (of: number) => ({ mean: of, standardError: 0, df: 9 });
    expect(welchGreater(still(1), still(0))).toEqual({ t: Infinity, df: 18, pValue: 0 });
    expect(welchGreater(still(0), still(0)).pValue).toBe(1);
  });
});
