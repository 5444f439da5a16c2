import { cellCount, cellOf, type CellCounts, type FeatureProfile } from '../../training/profile.ts';

/** What the profile calls the distribution of its labels. */
export const labelName = 'label';
/** Bins of a label that is a value. */
export const labelBins = 20;

/** Labels of a window as counts in the cells of the reference; a text that is no label counts nowhere. */
export function labelCells(
  profile: FeatureProfile,
  classes: readonly string[],
  labels: ArrayLike<number | null>,
): CellCounts {
  const counts = new Array<number>(cellCount(profile)).fill(0);
  for (let row = 0; row < labels.length; row++) {
    const label = labels[row] ?? null;
    if (label === null) continue;
    const cell = cellOf(profile, profile.kind === 'binned' ? label : (classes[label] ?? null));
    counts[cell] = (counts[cell] ?? 0) + 1;
  }
  return counts;
}
