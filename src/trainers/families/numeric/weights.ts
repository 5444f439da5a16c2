/** What the weights of `rows` rows sum to; null counts each once. */
export function totalWeight(weights: Float64Array | null, rows: number): number {
  if (weights === null) return rows;
  let sum = 0;
  for (const weight of weights) sum += weight;
  return sum;
}

/** Mean of one value per row, each counted by its weight; null counts each once. NaN where nothing counts. */
export function weightedMean(values: Float64Array, weights: Float64Array | null): number {
  let sum = 0;
  for (let row = 0; row < values.length; row++) sum += (weights?.[row] ?? 1) * (values[row] ?? 0);
  return sum / totalWeight(weights, values.length);
}
