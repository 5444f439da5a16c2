import { totalWeight } from './weights.ts';

/**
 * Shares of classes 0..classes-1 with half a row added to each, so that a class absent here keeps a finite logit.
 * `weights` say how many rows each label counts as; null: one.
 */
export function smoothedShares(labels: Float64Array, classes: number, weights: Float64Array | null): number[] {
  const counts = new Array<number>(classes).fill(0.5);
  for (let row = 0; row < labels.length; row++) {
    const label = labels[row] ?? 0;
    counts[label] = (counts[label] ?? 0) + (weights?.[row] ?? 1);
  }
  const total = totalWeight(weights, labels.length);
  return counts.map((count) => count / (total + classes / 2));
}
