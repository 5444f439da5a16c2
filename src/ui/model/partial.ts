/**
 * From here on a figure counts as realised; below it stands on part of its labels and is drawn hollow. Some labels
 * never come.
 */
const realisedShareMin = 0.95;

export function isPartial(quality: { readonly rows: number; readonly labelledRows: number }): boolean {
  return quality.labelledRows < realisedShareMin * quality.rows;
}
