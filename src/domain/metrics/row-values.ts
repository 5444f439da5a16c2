import { areaRows } from '../../statistics/samples/delong.ts';
import { jackknifeRows } from '../../statistics/samples/jackknife.ts';
import { momentsOf } from '../../statistics/samples/paired.ts';
import { calibrationBins } from './measures.ts';
import { metricOf, metricRows } from './metric-of.ts';
import { metricRow } from './metrics.ts';
import type { MetricName, MetricRegistry } from './registry.ts';
import { positiveScores, type ScoredRows } from './scored-rows.ts';

/** A metric as one number per row: their mean is the metric, and they spread as it does, to first order. */
export interface RowValues {
  readonly values: Float64Array;
  /** Between what a row can lie that has not come yet: by definition, or else as far as the furthest one yet. */
  readonly lowest: number;
  readonly highest: number;
  /** The most that another answer can change a row; null: as far as these ends allow, `seen`: as far as it yet did. */
  readonly swing: number | 'seen' | null;
  /** By how much the mean is larger than the truth, on average, at most. */
  readonly lean: number;
}

/** Null where the metric does not exist on these rows. */
export function rowValues(metric: MetricName, rows: ScoredRows): RowValues | null {
  if (!metricRow(metric).tasks.includes(rows.task) || rows.labels.length === 0) return null;
  const found = isOfAllRows(metric) ? ofAllRows(metric, rows) : ofEachRow(metric, rows);
  return found?.values.every(Number.isFinite) === true ? found : null;
}

function ofEachRow(metric: MetricName, rows: ScoredRows): RowValues | null {
  const values = metricRows(metric, rows);
  if (values === null) return null;
  const range = metricRow(metric).rowRange ?? null;
  if (range !== null) return { values, lowest: range[0], highest: range[1], swing: null, lean: 0 };
  return metricRow(metric).needsValue ? asGains(values, rows) : asSeen(values);
}

/** A decision has two outcomes: what the other one would have brought is known too. */
function asGains(values: Float64Array, { gains }: ScoredRows): RowValues {
  const yes = gains?.yes ?? values;
  const no = gains?.no ?? values;
  let [lowest, highest, swing] = [Infinity, -Infinity, 0];
  for (let row = 0; row < yes.length; row++) {
    const [a, b] = [yes[row] ?? 0, no[row] ?? 0];
    lowest = Math.min(lowest, a, b);
    highest = Math.max(highest, a, b);
    swing = Math.max(swing, Math.abs(a - b));
  }
  return { values, lowest, highest, swing, lean: 0 };
}

function asSeen(values: Float64Array): RowValues {
  let [lowest, highest] = [Infinity, -Infinity];
  for (const value of values) {
    lowest = Math.min(lowest, value);
    highest = Math.max(highest, value);
  }
  return { values, lowest, highest, swing: 'seen', lean: 0 };
}

type OfAllRows = {
  [Name in MetricName]: MetricRegistry[Name]['isPerRow'] extends true ? never : Name;
}[MetricName];

function isOfAllRows(metric: MetricName): metric is OfAllRows {
  return !metricRow(metric).isPerRow;
}

const ends: Readonly<Record<OfAllRows, (values: Float64Array, rows: ScoredRows) => RowValues>> = {
  auroc: (values, rows) => (isConstant(rows.scores) ? asSeen(values) : ofRarest(values, rows, 0.5)),
  averagePrecision: (values, rows) => ofRarest(values, rows, 0),
  f1: (values, rows) => ofRarest(values, rows, 0),
  calibrationError: ofDistances,
  rmse: asSeen,
};

function ofAllRows(metric: OfAllRows, rows: ScoredRows): RowValues | null {
  const values =
    metricRow(metric).interval === 'delong'
      ? areaRows(positiveScores(rows.scores), rows.labels)
      : jackknifeRows(rows.labels.length, metricOf(metric, rows));
  return values === null ? null : ends[metric](values, rows);
}

/**
 * One row more of the rarest class, which the model does not know at all and takes for `chance`, or knows perfectly: a
 * metric of ranks or classes hangs on it most, and where all rows are right nothing else says how few there were.
 */
function ofRarest(values: Float64Array, { labels, classes }: ScoredRows, chance: number): RowValues {
  const counts = new Float64Array(classes.length);
  for (let row = 0; row < labels.length; row++) counts[labels[row] ?? 0] = (counts[labels[row] ?? 0] ?? 0) + 1;
  const share = labels.length / Math.max(1, Math.min(...counts.filter((count) => count > 0)));
  const { mean } = momentsOf(values);
  const worst = mean > chance ? chance : 0;
  return { values, lowest: mean + share * (worst - mean), highest: mean + share * (1 - mean), swing: null, lean: 0 };
}

/** A model that says the same of every row ranks none of them, and would not rank the next one either. */
function isConstant(scores: ArrayLike<number>): boolean {
  const positive = positiveScores(scores);
  return positive.every((score) => score === positive[0]);
}

/**
 * A row counts with the distance between its confidence and its outcome, in the direction in which its bin is off. Luck
 * alone puts every bin off: of a model that is calibrated, the mean of ten absolute distances is what it shows.
 */
function ofDistances(values: Float64Array): RowValues {
  const lean = Math.sqrt(((2 / Math.PI) * calibrationBins * momentsOf(values).variance) / values.length);
  return { values, lowest: -1, highest: 1, swing: null, lean };
}
