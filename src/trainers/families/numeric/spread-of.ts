import { totalWeight } from './weights.ts';

/**
 * Mean and standard deviation of labels, each counted by its weight (null: once); a constant column has scale 1, so
 * that dividing by it changes nothing.
 */
export function spreadOf(
  labels: Float64Array,
  weights: Float64Array | null,
): { readonly mean: number; readonly scale: number } {
  const total = totalWeight(weights, labels.length);
  let sum = 0;
  for (let row = 0; row < labels.length; row++) sum += (weights?.[row] ?? 1) * (labels[row] ?? 0);
  const mean = sum / total;
  let squares = 0;
  for (let row = 0; row < labels.length; row++) {
    const distance = (labels[row] ?? 0) - mean;
    squares += (weights?.[row] ?? 1) * (distance * distance);
  }
  return { mean, scale: Math.sqrt(squares / total) || 1 };
}
