import { totalWeight } from './weights.ts';

/**
 * The middle of the values that divide the weight into halves: a mean absolute error is least there. Of equal weights
 * the median; an integer weight is as many copies. NaN without values; weights are above 0, null: 1 each.
 */
export function weightedMedian(values: Float64Array, weights: Float64Array | null): number {
  const count = values.length;
  if (weights === null) {
    const sorted = values.toSorted();
    const low = sorted[(count - 1) >> 1] ?? Number.NaN;
    return middle(low, sorted[count >> 1] ?? Number.NaN);
  }
  const order = Uint32Array.from({ length: count }, (_, i) => i).sort(
    (a, b) => (values[a] ?? 0) - (values[b] ?? 0) || a - b,
  );
  const half = totalWeight(weights, count) / 2;
  let sum = 0;
  for (let i = 0; i < count; i++) {
    const at = order[i] ?? 0;
    sum += weights[at] ?? 0;
    if (sum < half) continue;
    const value = values[at] ?? Number.NaN;
    return sum > half ? value : middle(value, values[order[i + 1] ?? at] ?? value);
  }
  return values[order[count - 1] ?? 0] ?? Number.NaN;
}

function middle(low: number, high: number): number {
  return low + (high - low) / 2;
}
