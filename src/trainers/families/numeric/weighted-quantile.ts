import { totalWeight } from './weights.ts';

/**
 * Where the weighted pinball loss of a quantile (0..1, both excluded) is least: the value up to which the weights sum
 * to that share, or the middle between it and the next one where they do so exactly. Of 0.5 it is the median; an
 * integer weight is as many copies. NaN without values; weights are above 0, null: 1 each.
 */
export function weightedQuantile(values: Float64Array, weights: Float64Array | null, quantile: number): number {
  const count = values.length;
  const wanted = quantile * totalWeight(weights, count);
  if (weights === null) {
    const sorted = values.toSorted();
    const at = Math.min(count - 1, Math.max(0, Math.ceil(wanted) - 1));
    return between(sorted[at] ?? Number.NaN, sorted[at + 1], at + 1 === wanted);
  }
  const order = Uint32Array.from({ length: count }, (_, i) => i).sort(
    (a, b) => (values[a] ?? 0) - (values[b] ?? 0) || a - b,
  );
  let sum = 0;
  for (let i = 0; i < count; i++) {
    const at = order[i] ?? 0;
    sum += weights[at] ?? 0;
    if (sum >= wanted) return between(values[at] ?? Number.NaN, values[order[i + 1] ?? at], sum === wanted);
  }
  return values[order[count - 1] ?? 0] ?? Number.NaN;
}

export function weightedMedian(values: Float64Array, weights: Float64Array | null): number {
  return weightedQuantile(values, weights, 0.5);
}

function between(low: number, high: number | undefined, isExact: boolean): number {
  return isExact && high !== undefined ? low + (high - low) / 2 : low;
}
