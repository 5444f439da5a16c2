import { longRunDeviation } from '../../statistics/samples/long-run-deviation.ts';
import { momentsOf } from '../../statistics/samples/paired.ts';
import type { SeasonSpec } from '../spec/parts/watch-spec.ts';
import { phaseLosses, type LossSeason } from './season/loss-season.ts';

/** What the losses of a version were right after its promotion. Numbers alone, so that evidence can carry them on. */
export interface LossReference {
  readonly rows: number;
  /** How many of them are the first ones after the promotion; the others are of the hold-out. */
  readonly liveRows: number;
  readonly mean: number;
  /** Of one row, as if rows were independent; about the mean of its phase where there is a season. */
  readonly variance: number;
  /** Of one row, as their memory shows it; one row more counts as seen, as large as the largest loss. */
  readonly deviation: number;
  /** Times by which the memory of the rows widens the variance of their mean; 1 where they have none. */
  readonly designEffect: number;
  /** Stretches by which the memory was measured. */
  readonly blocks: number;
  /** Probabilities were clipped here when these losses were taken, and recent ones are taken in the same way. */
  readonly probabilityMin: number;
  /** There were rows enough: from here on it stays what it is, whatever comes. */
  readonly isFixed: boolean;
  /** By phase, where a season is declared and the rows show it; all other numbers are of rows in phases it knows. */
  readonly season?: LossSeason;
}

/** Losses of the hold-out, in time order, as the gate's evidence keeps them. */
export interface HoldOutLosses {
  readonly losses: readonly number[];
  readonly probabilityMin: number;
  /** When they happened; null where that was not kept. */
  readonly timesMs: readonly (number | null)[] | null;
}

/** Losses in time order, and when they happened, in milliseconds; null where that is not known. */
export interface TimedLosses {
  readonly losses: Float64Array;
  readonly timesMs: readonly (number | null)[] | null;
}

/** Rows that fix the reference where the plan does not say how many, as multiples of the recent ones. */
const referenceSpans = 8;
/**
 * More are not taken from after the promotion: those that are recent lie between them and the end of what is read. With
 * fewer, stretches are too short to show a memory of 100 rows.
 */
const referenceRowsMax = 2_000;

/**
 * The hold-out, then the first labelled rows after the promotion (`live`, oldest first) until there are enough, as far
 * as they are not the `recentMin` last ones. Null while there is too little to be a reference. With a season, its
 * numbers are by phase, as far as the rows show them.
 */
export function referenceFrom(
  { losses: holdOut, probabilityMin, timesMs }: HoldOutLosses,
  live: TimedLosses,
  recentMin: number,
  { referenceRows = referenceSpans * recentMin, season = null }: ReferencePlan = {},
): LossReference | null {
  const wanted = Math.min(referenceRows, referenceRowsMax);
  const liveRows = Math.max(0, Math.min(wanted - holdOut.length, live.losses.length - recentMin));
  const losses = [...holdOut, ...live.losses.subarray(0, liveRows)];
  if (losses.length < 2) return null;
  const told = { liveRows, probabilityMin, isFixed: losses.length >= wanted };
  const hasTimes = (holdOut.length === 0 || timesMs !== null) && (liveRows === 0 || live.timesMs !== null);
  if (season === null || !hasTimes) return lossReference(losses, told);
  const times = [...(timesMs ?? []), ...(live.timesMs ?? []).slice(0, liveRows)];
  return seasonalReference(season, losses, times, told);
}

export interface ReferencePlan {
  /** Rows that fix it; by default eight times as many as are recent at least. */
  readonly referenceRows?: number | undefined;
  readonly season?: SeasonSpec | null;
}

/** By phase, where at least half of the rows are in phases that they show; else as if there were no season. */
export function seasonalReference(
  season: SeasonSpec,
  losses: ArrayLike<number>,
  timesMs: ArrayLike<number | null>,
  told: Pick<LossReference, 'liveRows' | 'probabilityMin' | 'isFixed'>,
): LossReference {
  const phased = phaseLosses(season, losses, timesMs);
  if (phased === null) return lossReference(losses, told);
  const { means, rows } = phased.season;
  const kept = Float64Array.from(phased.at, (row) => losses[row] ?? 0);
  // What is left of each loss: the clock is no memory.
  const left = kept.map((loss, at) => loss - (means[phased.phases[at] ?? 0] ?? 0));
  const known = rows.filter((count) => count > 0).length;
  // A mean for each phase was estimated on these very rows.
  const given = kept.length / Math.max(1, kept.length - known);
  const { mean } = momentsOf(kept);
  const of = lossReference(left, told);
  return {
    ...of,
    mean,
    variance: of.variance * given,
    deviation: of.deviation * Math.sqrt(given),
    season: phased.season,
  };
}

/** Of losses in time order. */
export function lossReference(
  losses: ArrayLike<number>,
  told: Pick<LossReference, 'liveRows' | 'probabilityMin' | 'isFixed'>,
): LossReference {
  const values = Float64Array.from(losses);
  const { mean, variance } = momentsOf(values);
  const span = values.reduce((most, value) => Math.max(most, value - mean), 0);
  const { deviation, blockRows } = longRunDeviation(values, { groups: null, span });
  const memory = longRunDeviation(values, { groups: null, span: 0 });
  return {
    rows: values.length,
    mean,
    variance,
    deviation,
    designEffect: variance === 0 ? 1 : Math.max(1, (memory.deviation * memory.deviation) / variance),
    blocks: Math.floor(values.length / Math.max(blockRows, memory.blockRows)),
    ...told,
  };
}
