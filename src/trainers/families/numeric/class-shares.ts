/** Shares of classes 0..classes-1 with half a row added to each, so that a class absent here keeps a finite logit. */
export function smoothedShares(labels: Float64Array, classes: number): number[] {
  const counts = new Array<number>(classes).fill(0.5);
  for (const label of labels) counts[label] = (counts[label] ?? 0) + 1;
  return counts.map((count) => count / (labels.length + classes / 2));
}
