import { bootstrapBounds, bootstrapMeanBounds } from '../../statistics/samples/bootstrap.ts';
import { pairedDelong } from '../../statistics/samples/delong.ts';
import { normalQuantile } from '../../statistics/distributions/normal.ts';
import type { Gains } from '../metrics/gains.ts';
import { metricOf, metricRows } from '../metrics/metric-of.ts';
import { directionOf, metricRow } from '../metrics/metrics.ts';
import type { MetricName } from '../metrics/registry.ts';
import { checkShape } from '../metrics/score-rows.ts';
import { positiveScores, type ScoredRows } from '../metrics/scored-rows.ts';
import type { TaskName } from '../spec/spec.ts';

/** The same labelled rows scored by two models, in time order. Layout as in `ScoredRows`. */
export interface PairedRows {
  readonly task: TaskName;
  readonly classes: readonly string[];
  readonly labels: ArrayLike<number>;
  readonly champion: ArrayLike<number>;
  readonly challenger: ArrayLike<number>;
  readonly championThreshold: number | null;
  readonly challengerThreshold: number | null;
  /** Class numbers of decisions as they were given; absent, the thresholds decide. */
  readonly championDecisions?: ArrayLike<number>;
  readonly challengerDecisions?: ArrayLike<number>;
  readonly gains?: Gains | null;
  /** Regression: which quantile both are declared to answer; absent or null, none. */
  readonly quantile?: number | null;
  /** A number for each entity, row by row; absent where rows have none. */
  readonly entities?: Uint32Array;
}

export type ComparisonMethod = 'delong' | 'paired-bootstrap';

export interface Comparison {
  /** Challenger minus champion, signed so that positive is better. */
  readonly estimate: number;
  /** One-sided bounds, each wrong with probability about alpha. */
  readonly lower: number;
  readonly upper: number;
  readonly rows: number;
  readonly method: ComparisonMethod;
}

/**
 * Compares one metric on the same rows: by DeLong where its row says so, else by a seeded paired bootstrap in blocks of
 * `blockRows`, because rows in time order are not independent (rows^(1/3) where nothing is said: Hall, Horowitz and
 * Jing 1995). Null when the metric does
 * not exist on these rows (one class present, no gains, wrong task).
 */
export function comparePaired(
  paired: PairedRows,
  metric: MetricName,
  alpha: number,
  seed: number | string,
  blockRows = Math.round(Math.cbrt(paired.labels.length)),
): Comparison | null {
  const champion = sideOf(paired, 'champion');
  const challenger = sideOf(paired, 'challenger');
  checkShape(champion);
  checkShape(challenger);
  const { interval, tasks } = metricRow(metric);
  if (!tasks.includes(paired.task)) return null;
  if (interval === 'delong') return byDelong(paired, alpha);
  const sign = directionOf(metric);
  const rows = paired.labels.length;
  const options = { seed, alpha, blockRows };
  const ofChampion = metricRows(metric, champion);
  const ofChallenger = metricRows(metric, challenger);
  let bounds;
  if (ofChampion !== null && ofChallenger !== null) {
    const differences = ofChallenger.map((value, row) => sign * (value - (ofChampion[row] ?? Number.NaN)));
    bounds = bootstrapMeanBounds(differences, options);
  } else {
    const a = metricOf(metric, challenger);
    const b = metricOf(metric, champion);
    bounds = bootstrapBounds(rows, (weights) => difference(a(weights), b(weights), sign), options);
  }
  if (bounds === null || !Number.isFinite(bounds.estimate)) return null;
  return { estimate: bounds.estimate, lower: bounds.lower, upper: bounds.upper, rows, method: 'paired-bootstrap' };
}

/** One of the two models, as rows that it scored alone. */
export function sideOf(paired: PairedRows, side: 'champion' | 'challenger'): ScoredRows {
  const { task, classes, labels, gains = null, quantile = null } = paired;
  const [scores, threshold, decisions] =
    side === 'champion'
      ? [paired.champion, paired.championThreshold, paired.championDecisions]
      : [paired.challenger, paired.challengerThreshold, paired.challengerDecisions];
  const rows = { task, classes, labels, scores, threshold, gains, quantile };
  return decisions === undefined ? rows : { ...rows, decisions };
}

function difference(a: number | null, b: number | null, sign: 1 | -1): number | null {
  return a === null || b === null ? null : sign * (a - b);
}

function byDelong(paired: PairedRows, alpha: number): Comparison | null {
  const areas = pairedDelong(positiveScores(paired.challenger), positiveScores(paired.champion), paired.labels);
  if (areas === null) return null;
  const reach = normalQuantile(1 - alpha) * areas.standardError;
  const { difference: estimate } = areas;
  return { estimate, lower: estimate - reach, upper: estimate + reach, rows: paired.labels.length, method: 'delong' };
}
