import { studentTQuantile } from '../../statistics/distributions/student-quantile.ts';
import { batchMeans } from '../../statistics/samples/batch-means.ts';
import { metricRow, metricsOf } from './metrics.ts';
import type { MetricName, MetricRow } from './registry.ts';
import { rowValues } from './row-values.ts';
import type { ScoredRows } from './scored-rows.ts';

/** Where a metric lies with 95 % confidence: the truth is below it, or above it, with probability 0.025 each. */
export interface MetricInterval {
  readonly lower: number;
  readonly upper: number;
  /** Versions of earlier releases have one of the other two. */
  readonly method: 'batch-means' | 'delong' | 'bootstrap';
}

export type MetricIntervals = { readonly [Name in MetricName]?: MetricInterval };

export const intervalLevel = 0.95;
/** With fewer rows, or fewer of a class, intervals of this kind hold the truth too seldom: then none is given. */
const rowsMin = 200;
const usualClassRowsMin = 20;
/** Which metrics have none, for readers. */
export const intervalNeeds = `none from fewer than ${rowsMin} rows, or where a class is too rare`;

/**
 * How far each hold-out metric may be off by the luck of its rows, which stand in time order: from ten stretches of
 * them, so that neighbours may be alike as long as the memory of the stream is short beside a tenth of the rows. Absent
 * where a metric has none by definition, on fewer than 200 rows, where fewer than 20 speak of the rarest class, and
 * where all say the same. `npm run bench:judgement -- --only intervals` prints how often they hold the truth.
 */
export function metricIntervals(rows: ScoredRows): MetricIntervals {
  const intervals: { [Name in MetricName]?: MetricInterval } = {};
  for (const name of metricsOf(rows.task)) {
    const interval = metricInterval(name, rows);
    if (interval !== null) intervals[name] = interval;
  }
  return intervals;
}

/** Of one metric; null where there is none. */
export function metricInterval(name: MetricName, rows: ScoredRows): MetricInterval | null {
  const row = metricRow(name);
  return row.interval === 'none' || !hasEnough(rows, row) ? null : intervalOf(name, rows);
}

/** A mean over rows hangs on all that are not of the usual class, the other metrics on each class by itself. */
function hasEnough(
  { classes, labels }: ScoredRows,
  { isPerRow, classRowsMin = usualClassRowsMin }: MetricRow,
): boolean {
  if (labels.length < rowsMin) return false;
  // Values have no classes.
  if (classes.length === 0) return true;
  const counts = new Array<number>(classes.length).fill(0);
  for (let row = 0; row < labels.length; row++) counts[labels[row] ?? 0] = (counts[labels[row] ?? 0] ?? 0) + 1;
  const fewest = isPerRow ? labels.length - Math.max(...counts) : Math.min(...counts.filter((count) => count > 0));
  return fewest >= classRowsMin && counts.filter((count) => count > 0).length > 1;
}

function intervalOf(name: MetricName, rows: ScoredRows): MetricInterval | null {
  const found = rowValues(name, rows);
  const batches = found === null ? null : batchMeans(found.values);
  if (batches === null || !(batches.standardError > 0)) return null;
  const { mean, standardError, df } = batches;
  const scale = scaleOf(metricRow(name));
  // To first order, an error of the metric is one of the scale times the scale's slope there.
  const reach = studentTQuantile((1 - intervalLevel) / 2, df) * standardError * scale.slope(mean);
  const [lower, upper] = [scale.back(scale.to(mean) - reach), scale.back(scale.to(mean) + reach)];
  return Number.isFinite(lower) && Number.isFinite(upper) ? { lower, upper, method: 'batch-means' } : null;
}

/** On what scale a metric spreads alike to both sides, and never leaves what it can be. */
interface Scale {
  readonly to: (value: number) => number;
  readonly back: (value: number) => number;
  readonly slope: (value: number) => number;
}

const logOdds: Scale = {
  to: (value) => Math.log(value / (1 - value)),
  back: (value) => 1 / (1 + Math.exp(-value)),
  slope: (value) => 1 / (value * (1 - value)),
};
const logarithm: Scale = { to: Math.log, back: Math.exp, slope: (value) => 1 / value };
const plain: Scale = { to: (value) => value, back: (value) => value, slope: () => 1 };

function scaleOf({ unit, better }: MetricRow): Scale {
  if (unit === 'money') return plain;
  return better === 'higher' ? logOdds : logarithm;
}
