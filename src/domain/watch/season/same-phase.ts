import type { BlockSpread } from '../../../statistics/samples/block-spread.ts';
import type { CellCounts, FeatureProfile } from '../../training/profile.ts';

/** A reference as it would look if its rows were of the phases of a window, in their shares. */
export interface SamePhase {
  /** Shares times the rows that the mixture is worth: more rows of a phase than the window asks for add nothing. */
  readonly reference: CellCounts;
  readonly memory: readonly BlockSpread[];
}

/**
 * The reference of one distribution, re-weighted to the phases of a window. The share of a cell is the mean over
 * phases, weighted by the window's rows; its variance is that of a sample of 1 / sum(w^2 / n) rows (stratified
 * sampling: Cochran, Sampling Techniques, 1977, ch. 5), n rows of the reference in a phase of weight w. Null where the
 * window has rows of a phase of which the reference has none, or none at all.
 */
export function samePhase(profile: FeatureProfile, windowRows: readonly number[]): SamePhase | null {
  const { seasonal } = profile;
  const all = windowRows.reduce((sum, rows) => sum + rows, 0);
  if (seasonal === undefined || all === 0) return null;
  const shares = new Float64Array(seasonal.counts[0]?.length ?? 0);
  let perRow = 0;
  for (const [phase, rows] of windowRows.entries()) {
    if (rows === 0) continue;
    const counts = seasonal.counts[phase] ?? [];
    const n = counts.reduce((sum, count) => sum + count, 0);
    if (n === 0) return null;
    const weight = rows / all;
    perRow += (weight * weight) / n;
    for (let cell = 0; cell < shares.length; cell++)
      shares[cell] = (shares[cell] ?? 0) + (weight * (counts[cell] ?? 0)) / n;
  }
  return { reference: Array.from(shares, (share) => share / perRow), memory: seasonal.memory };
}
