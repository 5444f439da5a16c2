import { bootstrapBounds, bootstrapMeanBounds } from '../../statistics/samples/bootstrap.ts';
import { delongArea } from '../../statistics/samples/delong.ts';
import { normalQuantile } from '../../statistics/distributions/normal.ts';
import { metricOf, metricRows } from './metric-of.ts';
import { metricRow, metricsOf } from './metrics.ts';
import type { MetricName, MetricRow } from './registry.ts';
import { positiveScores, type ScoredRows } from './scored-rows.ts';

/** Where a metric lies with 95 % confidence: the truth is below it, or above it, with probability 0.025 each. */
export interface MetricInterval {
  readonly lower: number;
  readonly upper: number;
  readonly method: Exclude<MetricRow['interval'], 'none'>;
}

export type MetricIntervals = { readonly [Name in MetricName]?: MetricInterval };

export const intervalLevel = 0.95;
/** Enough for the 2.5 % ends to mean something, and a tenth of a second for 20,000 rows. */
const resamplesMax = 400;

/** How far each hold-out metric may be off by the luck of its rows; a metric whose row names no method has none. */
export function metricIntervals(rows: ScoredRows, seed: number): MetricIntervals {
  const intervals: { [Name in MetricName]?: MetricInterval } = {};
  for (const name of metricsOf(rows.task)) {
    const interval = methods[metricRow(name).interval](name, rows, seed);
    if (interval !== null) intervals[name] = interval;
  }
  return intervals;
}

const methods: Readonly<
  Record<MetricRow['interval'], (name: MetricName, rows: ScoredRows, seed: number) => MetricInterval | null>
> = {
  delong: byDelong,
  bootstrap: byBootstrap,
  none: () => null,
};

function byDelong(_name: MetricName, rows: ScoredRows): MetricInterval | null {
  const found = delongArea(positiveScores(rows.scores), rows.labels);
  if (found === null) return null;
  const reach = normalQuantile((1 + intervalLevel) / 2) * found.standardError;
  return { lower: Math.max(0, found.area - reach), upper: Math.min(1, found.area + reach), method: 'delong' };
}

/** Resamples the rows by a seed and in blocks of rows^(1/3), because neighbours in time are alike. */
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
