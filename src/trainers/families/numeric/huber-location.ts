/** Halvings of the range of the values: far below what a float64 tells apart. */
const halvings = 100;

/**
 * Where the weighted loss of Huber 1964 is least: the root of the sum of differences cut at ±`delta`, found by
 * bisection, since that sum never falls. Weights are above 0, null: 1 each.
 */
export function huberLocation(values: Float64Array, weights: Float64Array | null, delta: number): number {
  let low = Infinity;
  let high = -Infinity;
  for (const value of values) {
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  for (let step = 0; step < halvings && low < high; step++) {
    const at = low + (high - low) / 2;
    if (at <= low || at >= high) break;
    let pull = 0;
    for (let row = 0; row < values.length; row++)
      pull += (weights?.[row] ?? 1) * Math.max(-delta, Math.min(delta, at - (values[row] ?? 0)));
    if (pull < 0) low = at;
    else high = at;
  }
  return low + (high - low) / 2;
}
