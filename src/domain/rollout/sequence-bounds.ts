import { sequenceReach } from '../../statistics/sequential/confidence-sequence.ts';
import { areaDifferenceRows } from '../../statistics/samples/delong.ts';
import { longRunDeviation, type LongRunDeviation } from '../../statistics/samples/long-run-deviation.ts';
import { metricOf, metricRows } from '../metrics/metric-of.ts';
import { directionOf, metricRow } from '../metrics/metrics.ts';
import type { MetricName } from '../metrics/registry.ts';
import { checkShape } from '../metrics/score-rows.ts';
import { positiveScores } from '../metrics/scored-rows.ts';
import { sideOf, type PairedRows } from '../training/compare-paired.ts';

export interface SequenceOptions {
  /** Probability that the truth is ever below `lower`, and that it is ever above `upper`, over all looks. */
  readonly alphaLower: number;
  readonly alphaUpper: number;
  /** Rows at which the bounds are tightest; chosen before any row was seen. */
  readonly rowsTuned: number;
}

export interface SequenceBounds {
  /** Challenger minus champion, positive is better. */
  readonly estimate: number;
  readonly lower: number;
  readonly upper: number;
  /** Entities, where the rows have them; rows otherwise. */
  readonly units: number;
  /** Rows in a row that say the same, as measured; 1 where none do. */
  readonly blockRows: number;
}

/** Parts that are left out one after the other, for metrics that are no mean of rows. */
const partsMax = 50;

/**
 * One metric of two models on the same rows, between bounds that hold at every look at once: an asymptotic confidence
 * sequence over the differences of rows, taken together by entity, or by the memory that they show. Null where the
 * metric does not exist on these rows.
 */
export function sequenceBounds(
  paired: PairedRows,
  metric: MetricName,
  { alphaLower, alphaUpper, rowsTuned }: SequenceOptions,
): SequenceBounds | null {
  if (!metricRow(metric).tasks.includes(paired.task)) return null;
  const found = differenceOf(paired, metric, { isWidened: true });
  if (found === null || !Number.isFinite(found.estimate)) return null;
  const { estimate, deviation, units, blockRows } = found;
  const reach = (alpha: number) => deviation * sequenceReach(units, alpha, rowsTuned);
  return { estimate, lower: estimate - reach(alphaLower), upper: estimate + reach(alphaUpper), units, blockRows };
}

/** How widely the difference of two models spreads from unit to unit, before any row is counted that has not come. */
export interface PairedSpread {
  readonly deviation: number;
  /** How far from the mean one more row is taken to lie; 0 for a metric that is no mean of rows. */
  readonly span: number;
}

export interface PairedDifference extends PairedSpread {
  /** Challenger minus champion, positive is better. */
  readonly estimate: number;
}

/** What two models show on these rows: it says how far the bounds will reach on more of them. */
export function pairedDifference(paired: PairedRows, metric: MetricName): PairedDifference | null {
  if (!metricRow(metric).tasks.includes(paired.task)) return null;
  const found = differenceOf(paired, metric, { isWidened: false });
  if (found === null || !Number.isFinite(found.estimate) || !Number.isFinite(found.deviation)) return null;
  return { estimate: found.estimate, deviation: found.deviation, span: found.span };
}

/** What two models that give the same answers show; null where one row more may lie anywhere. */
export function leastSpread(metric: MetricName): PairedSpread | null {
  const span = rowSpan(metric);
  return span === null ? null : { deviation: 0, span };
}

/** How far a bound lies from the estimate on so many independent rows, and how widely that estimate itself spreads. */
export function reachOn(
  rows: number,
  { deviation, span }: PairedSpread,
  { alpha, rowsTuned }: { readonly alpha: number; readonly rowsTuned: number },
): { readonly reach: number; readonly standardError: number } {
  const widened = Math.sqrt(deviation * deviation + (span * span) / rows);
  return { reach: widened * sequenceReach(rows, alpha, rowsTuned), standardError: deviation / Math.sqrt(rows) };
}

type Difference = LongRunDeviation & { readonly estimate: number; readonly span: number };

interface SpreadOptions {
  readonly groups: Uint32Array | null;
  readonly span: number | null;
  /** Whether one row more is counted as seen, as far away as it may lie. */
  readonly isWidened: boolean;
}

function differenceOf(
  paired: PairedRows,
  metric: MetricName,
  { isWidened }: Pick<SpreadOptions, 'isWidened'>,
): Difference | null {
  const champion = sideOf(paired, 'champion');
  const challenger = sideOf(paired, 'challenger');
  checkShape(champion);
  checkShape(challenger);
  const sign = directionOf(metric);
  const groups = paired.entities ?? null;
  if (metricRow(metric).interval === 'delong')
    return spreadOf(
      areaDifferenceRows(positiveScores(paired.challenger), positiveScores(paired.champion), paired.labels),
      {
        groups,
        span: null,
        isWidened,
      },
    );
  const ours = metricRows(metric, challenger);
  const theirs = metricRows(metric, champion);
  if (ours !== null && theirs !== null) {
    const differences = ours.map((value, row) => sign * (value - (theirs[row] ?? Number.NaN)));
    return spreadOf(differences, { groups, span: rowSpan(metric), isWidened });
  }
  const a = metricOf(metric, challenger);
  const b = metricOf(metric, champion);
  return leavingOut(paired, (weights) => {
    const [of, against] = [a(weights), b(weights)];
    return of === null || against === null ? null : sign * (of - against);
  });
}

/** The largest difference that two models can make on one row; null where it has no bound. */
function rowSpan(metric: MetricName): number | null {
  const range = metricRow(metric).rowRange ?? null;
  return range === null ? null : range[1] - range[0];
}

function spreadOf(rows: Float64Array | null, { groups, span, isWidened }: SpreadOptions): Difference | null {
  if (rows === null || rows.length === 0) return null;
  const estimate = rows.reduce((sum, value) => sum + value, 0) / rows.length;
  // Without a bound, the next row may be as far away as the furthest one yet.
  const furthest = span ?? rows.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  return { estimate, span: furthest, ...longRunDeviation(rows, { groups, span: isWidened ? furthest : 0 }) };
}

/**
 * The jackknife of Tukey and Quenouille over parts of the rows: whole entities, or stretches of time. Rows count as
 * units, since the parts are only a way to see how much they say.
 */
function leavingOut(paired: PairedRows, measure: (weights?: Uint32Array) => number | null): Difference | null {
  const rows = paired.labels.length;
  const estimate = measure();
  const parts = Math.min(partsMax, rows);
  if (estimate === null || parts < 2) return null;
  const partOf = (row: number) =>
    paired.entities === undefined ? Math.floor((row * parts) / rows) : (paired.entities[row] ?? 0) % parts;
  const pseudo: number[] = [];
  for (let part = 0; part < parts; part++) {
    const without = measure(Uint32Array.from({ length: rows }, (_, row) => (partOf(row) === part ? 0 : 1)));
    if (without === null) return null;
    pseudo.push(parts * estimate - (parts - 1) * without);
  }
  const { deviation } = longRunDeviation(Float64Array.from(pseudo), {
    groups: Uint32Array.from(pseudo.keys()),
    span: 0,
  });
  return {
    estimate,
    span: 0,
    deviation: deviation * Math.sqrt(rows / parts),
    units: rows,
    blockRows: Math.ceil(rows / parts),
  };
}
