import { expect, test } from 'vitest';
import { decideRows } from '../../statistics/samples/losses.ts';
import { createRandom } from '../../statistics/numeric/random.ts';
import { estimateQuality } from './estimate-quality.ts';
import { gainsOf } from './gains.ts';
import { scoreRows } from './score-rows.ts';
import { differenceOf, windowsToRevisit } from '../watch/window-quality.ts';

const value = {
  currency: 'EUR',
  truePositive: { fixed: -3 },
  falsePositive: { fixed: -25 },
  trueNegative: { fixed: 0 },
  falseNegative: { fixed: 0, per: { column: 'amount', factor: -1 } },
};

test('for calibrated probabilities the estimate is what labels then show', () => {
  const random = createRandom('calibrated');
  const rows = 40_000;
  const positive = Float64Array.from({ length: rows }, () => random.next() ** 2);
  const scores = Float64Array.from({ length: rows * 2 }, (_, i) =>
    i % 2 === 1 ? (positive[i >> 1] ?? 0) : 1 - (positive[i >> 1] ?? 0),
  );
  const labels = Float64Array.from(positive, (p) => (random.next() < p ? 1 : 0));
  const amounts = Float64Array.from({ length: rows }, () => 100 * random.next());
  const threshold = 0.3;
  const amount = () => amounts;
  const estimated = estimateQuality({
    classCount: 2,
    scores,
    decisions: decideRows(scores, 2, threshold),
    gains: {
      ifPositive: gainsOf(value, new Float64Array(rows).fill(1), amount),
      ifNegative: gainsOf(value, new Float64Array(rows), amount),
    },
  });
  const seen = scoreRows({
    task: 'binary',
    classes: ['no', 'yes'],
    labels,
    scores,
    threshold,
    gains: gainsOf(value, labels, amount),
  });
  // Three standard errors of a mean over 40,000 rows; money has a spread of about 20.
  for (const name of ['accuracy', 'brier', 'logLoss', 'auroc'] as const)
    expect(Math.abs((estimated[name] ?? 0) - (seen[name] ?? 0)), name).toBeLessThan(0.01);
  expect(Math.abs((estimated['value'] ?? 0) - (seen['value'] ?? 0))).toBeLessThan(0.3);
});

test('the expected AUROC is the sum over all pairs', () => {
  const p = [0.1, 0.4, 0.4, 0.7, 0.95];
  let concordant = 0;
  let pairs = 0;
  for (const [i, a] of p.entries()) {
    for (const [j, b] of p.entries()) {
      if (i === j) continue;
      pairs += a * (1 - b);
      concordant += a * (1 - b) * (a > b ? 1 : a === b ? 0.5 : 0);
    }
  }
  expect(
    estimateQuality({ classCount: 2, scores: p.flatMap((x) => [1 - x, x]), decisions: [0, 0, 0, 1, 1], gains: null })[
      'auroc'
    ],
  ).toBeCloseTo(concordant / pairs, 12);
});

test('more classes: the probability of what was answered, entropy, and one minus the squares', () => {
  const scores = [0.5, 0.3, 0.2, 0.1, 0.1, 0.8];
  const entropy = -scores.reduce((sum, p) => sum + p * Math.log(p), 0) / 2;
  expect(estimateQuality({ classCount: 3, scores, decisions: [0, 2], gains: null })).toEqual({
    accuracy: 0.65,
    logLoss: expect.closeTo(entropy, 12),
    brier: expect.closeTo((0.62 + 0.34) / 2, 12),
  });
  expect(estimateQuality({ classCount: 3, scores: [], decisions: [], gains: null })).toEqual({});
});

test('the variance of a sum of differences is that of its sum, also when neighbours are alike', () => {
  const random = createRandom('runs');
  const sums = Array.from({ length: 400 }, () => {
    let level = 0;
    // Runs of five rows that share a level: independent rows would understate the spread by more than a half.
    const ours = Float64Array.from({ length: 343 }, (_, i) => (i % 5 === 0 ? (level = random.normal()) : level));
    return differenceOf(ours, new Float64Array(343));
  });
  const spread = sums.reduce((total, { sum }) => total + sum * sum, 0) / sums.length;
  const stated = sums.reduce((total, { variance }) => total + variance, 0) / sums.length;
  expect(stated / spread).toBeGreaterThan(0.55);
  expect(stated / spread).toBeLessThan(1.3);
  expect(differenceOf(Float64Array.of(3), Float64Array.of(1))).toEqual({ sum: 2, variance: 0 });
});

test('windows are looked at again when they are 1, 2, 4, 8, … windows old', () => {
  expect(windowsToRevisit(1)).toEqual([]);
  expect(windowsToRevisit(10)).toEqual([9, 8, 6, 2]);
  expect(windowsToRevisit(100_000)).toHaveLength(12);
});
