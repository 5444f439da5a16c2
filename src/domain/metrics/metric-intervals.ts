import { bootstrapBounds, bootstrapMeanBounds } from '../../statistics/bootstrap.ts';
import { delongArea } from '../../statistics/delong.ts';
import { normalQuantile } from '../../statistics/normal.ts';
import { metricOf, metricRows, positiveScores, type ScoredRows } from './metric-of.ts';
import { metricNames } from './score-rows.ts';
import type { MetricName } from '../spec/spec.ts';

/** Two-sided: each end is wrong with probability 0.025. */
export interface MetricInterval {
  readonly lower: number;
  readonly upper: number;
  readonly method: 'delong' | 'bootstrap';
}

export type MetricIntervals = { readonly [Name in MetricName]?: MetricInterval };

export const intervalLevel = 0.95;
/** Enough for the 2.5 % ends to mean something, and a tenth of a second for 20,000 rows. */
const resamplesMax = 400;

/**
 * How far a hold-out metric may be off by the luck of its rows: AUROC by DeLong, the others by a seeded bootstrap in
 * blocks of rows^(1/3), because neighbours in time are alike. The calibration error has none: resampling only adds to
 * it.
 */
export function metricIntervals(rows: ScoredRows, seed: number): MetricIntervals {
  const intervals: { [Name in MetricName]?: MetricInterval } = {};
  for (const name of metricNames()) {
    const interval =
      name === 'calibrationError' ? null : name === 'auroc' ? byDelong(rows) : byBootstrap(name, rows, seed);
    if (interval !== null) intervals[name] = interval;
  }
  return intervals;
}

function byDelong(rows: ScoredRows): MetricInterval | null {
  if (rows.task !== 'binary') return null;
  const found = delongArea(positiveScores(rows.scores), rows.labels);
  if (found === null) return null;
  const reach = normalQuantile((1 + intervalLevel) / 2) * found.standardError;
  return { lower: Math.max(0, found.area - reach), upper: Math.min(1, found.area + reach), method: 'delong' };
}

function byBootstrap(name: MetricName, rows: ScoredRows, seed: number): MetricInterval | null {
  const options = {
    seed,
    alpha: (1 - intervalLevel) / 2,
    resamplesMax,
    blockRows: Math.round(Math.cbrt(rows.labels.length)),
  };
  const perRow = metricRows(name, rows);
  const bounds =
    perRow === null
      ? bootstrapBounds(rows.labels.length, metricOf(name, rows), options)
      : bootstrapMeanBounds(perRow, options);
  if (bounds === null || !Number.isFinite(bounds.lower) || !Number.isFinite(bounds.upper)) return null;
  return { lower: bounds.lower, upper: bounds.upper, method: 'bootstrap' };
}
