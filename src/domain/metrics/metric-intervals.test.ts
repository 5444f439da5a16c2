import { describe, expect, test } from 'vitest';
import { createRandom } from '../../statistics/numeric/random.ts';
import { metricIntervals } from './metric-intervals.ts';
import type { ScoredRows } from './scored-rows.ts';
import { reliabilityOf } from './reliability.ts';
import { scoreRows } from './score-rows.ts';

/** Calibrated by construction: the label is drawn with the stated probability. */
function calibrated(rows: number, seed: number): ScoredRows {
  const random = createRandom(seed);
  const said = Array.from({ length: rows }, () => random.integer(1_000_000) / 1_000_000);
  const labels = said.map((p) => (random.integer(1_000_000) / 1_000_000 < p ? 1 : 0));
  return { task: 'binary', classes: ['no', 'yes'], labels, scores: said.flatMap((p) => [1 - p, p]), threshold: 0.5 };
}

describe('metric intervals', () => {
  test('hold the estimate, and four times the rows halve them', () => {
    const small = calibrated(1_000, 1);
    const large = calibrated(4_000, 2);
    const metrics = scoreRows(large);
    const ofSmall = metricIntervals(small);
    const ofLarge = metricIntervals(large);
    const widths: number[] = [];
    for (const name of ['auroc', 'averagePrecision', 'logLoss', 'brier', 'accuracy', 'f1'] as const) {
      const interval = ofLarge[name];
      expect(interval?.lower).toBeLessThan(metrics[name] ?? -1);
      expect(interval?.upper).toBeGreaterThan(metrics[name] ?? 9);
      const ratio =
        ((ofSmall[name]?.upper ?? 0) - (ofSmall[name]?.lower ?? 0)) / ((interval?.upper ?? 0) - (interval?.lower ?? 0));
      widths.push(ratio);
    }
    const middle = widths.toSorted((a, b) => a - b)[3] ?? 0;
    expect(middle).toBeGreaterThan(1.4);
    expect(middle).toBeLessThan(2.8);
    expect(ofLarge.calibrationError).toBeUndefined();
    expect(metricIntervals(large)).toEqual(ofLarge);
  });

  test('cover the truth about as often as they say', () => {
    // Accuracy of a calibrated model with uniform probabilities decided at one half is three quarters.
    let covered = 0;
    for (let seed = 0; seed < 100; seed++) {
      const interval = metricIntervals(calibrated(400, 100 + seed)).accuracy;
      if (interval !== undefined && interval.lower <= 0.75 && interval.upper >= 0.75) covered++;
    }
    expect(covered).toBeGreaterThanOrEqual(86);
  });

  test('and where neighbours are alike', () => {
    let covered = 0;
    for (let seed = 0; seed < 100; seed++) {
      const { labels, scores, ...rest } = calibrated(60, 500 + seed);
      // Each row ten times in a row: no more is known than from sixty.
      const rows = Array.from({ length: 600 }, (_, row) => Math.floor(row / 10));
      const interval = metricIntervals({
        ...rest,
        labels: rows.map((row) => labels[row] ?? 0),
        scores: rows.flatMap((row) => [scores[2 * row] ?? 0, scores[2 * row + 1] ?? 0]),
      }).accuracy;
      if (interval !== undefined && interval.lower <= 0.75 && interval.upper >= 0.75) covered++;
    }
    expect(covered).toBeGreaterThanOrEqual(88);
  });

  test('are not given where a class is too rare to say how far luck reaches', () => {
    const rare = calibrated(400, 3);
    const labels = Array.from({ length: 400 }, (_, row) => (row % 40 === 0 ? 1 : 0));
    expect(metricIntervals({ ...rare, labels })).toEqual({});
    expect(metricIntervals(calibrated(150, 4))).toEqual({});
  });

  test('are absent where a metric does not exist', () => {
    const oneClass = {
      task: 'binary',
      classes: ['no', 'yes'],
      labels: [0, 0, 0],
      scores: [0.9, 0.1, 0.8, 0.2, 0.7, 0.3],
      threshold: 0.5,
    } as const;
    expect(metricIntervals(oneClass).auroc).toBeUndefined();
    expect(metricIntervals({ task: 'binary', classes: ['no', 'yes'], labels: [], scores: [], threshold: 0.5 })).toEqual(
      {},
    );
  });
});

describe('reliability', () => {
  test('what was said is what came true when the model is calibrated', () => {
    const bins = reliabilityOf(calibrated(10_000, 5)) ?? [];
    expect(bins).toHaveLength(10);
    for (const bin of bins) expect(Math.abs(bin.said - bin.came)).toBeLessThan(0.06);
    expect(bins.reduce((sum, bin) => sum + bin.rows, 0)).toBe(10_000);
  });

  test('does not exist for a regression', () => {
    expect(reliabilityOf({ task: 'regression', classes: [], labels: [1], scores: [1], threshold: null })).toBeNull();
  });
});
