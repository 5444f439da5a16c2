import type { RowRange } from '../interface.ts';

/** Rows that weights are worth below this say nothing of a fit: its validation loss is luck. */
const countedRowsMin = 40;

/**
 * How much each of `rows` rows counts by its age in a fit on `training`: 0.5^(age / (halfLife · rows of training)), 1
 * for the newest training row and all behind it. `halfLife` is a share (0..1] of those rows; null counts each row once.
 * `given` are weights of the rows themselves, which these multiply.
 */
export function ageWeights(
  rows: number,
  training: RowRange,
  halfLife: number | null,
  given: Float64Array | null,
): Float64Array | null {
  if (halfLife === null) return given;
  const span = halfLife * (training.to - training.from);
  const newest = training.to - 1;
  return Float64Array.from(
    { length: rows },
    (_, row) => (given?.[row] ?? 1) * 0.5 ** (Math.max(0, newest - row) / span),
  );
}

/** Whether a fit by this half-life sees enough rows to be tried: the rows that it counts, (Σw)² / Σw² (Kish 1965). */
export function countsEnough({ from, to }: RowRange, halfLife: number): boolean {
  const keep = 0.5 ** (1 / (halfLife * (to - from)));
  const sum = (ratio: number): number => (1 - ratio ** (to - from)) / (1 - ratio);
  return sum(keep) ** 2 / sum(keep ** 2) >= countedRowsMin;
}
