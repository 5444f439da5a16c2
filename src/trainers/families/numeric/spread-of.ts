/** Mean and standard deviation of labels; a constant column has scale 1, so that dividing by it changes nothing. */
export function spreadOf(labels: Float64Array): { readonly mean: number; readonly scale: number } {
  let sum = 0;
  for (const label of labels) sum += label;
  const mean = sum / labels.length;
  let squares = 0;
  for (const label of labels) squares += (label - mean) * (label - mean);
  return { mean, scale: Math.sqrt(squares / labels.length) || 1 };
}
