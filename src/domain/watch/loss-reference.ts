import { longRunDeviation } from '../../statistics/samples/long-run-deviation.ts';
import { momentsOf } from '../../statistics/samples/paired.ts';

/** What the losses of a version were right after its promotion. Numbers alone, so that evidence can carry them on. */
export interface LossReference {
  readonly rows: number;
  /** How many of them are the first ones after the promotion; the others are of the hold-out. */
  readonly liveRows: number;
  readonly mean: number;
  /** Of one row, as if rows were independent. */
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
}

/** Losses of the hold-out, in time order, as the gate's evidence keeps them. */
export interface HoldOutLosses {
  readonly losses: readonly number[];
  readonly probabilityMin: number;
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
 * as they are not the `recentMin` last ones. Null while there is too little to be a reference.
 */
export function referenceFrom(
  { losses: holdOut, probabilityMin }: HoldOutLosses,
  live: Float64Array,
  recentMin: number,
  referenceRows: number = referenceSpans * recentMin,
): LossReference | null {
  const wanted = Math.min(referenceRows, referenceRowsMax);
  const liveRows = Math.max(0, Math.min(wanted - holdOut.length, live.length - recentMin));
  const losses = [...holdOut, ...live.subarray(0, liveRows)];
  if (losses.length < 2) return null;
  return lossReference(losses, { liveRows, probabilityMin, isFixed: losses.length >= wanted });
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
