/** Steps per power of two of the largest value: sums of up to 2^27 rows (134 million) stay exact in a float64. */
const stepsPerScale = 67_108_864;

/**
 * Rounds each value to a multiple of 2^-26 of the largest one's power of two. Sums of such values are exact, hence
 * independent of order: the same model comes out of any kernel, any number of threads, and after any resume.
 */
export function roundToFixedPoint(values: Float64Array): void {
  let largest = 0;
  for (const value of values) {
    const size = Math.abs(value);
    if (size > largest) largest = size;
  }
  if (largest === 0 || !Number.isFinite(largest)) return;
  let scale = 1;
  // Doubling is exact; a float64 exponent bounds the loops at 1,100 steps.
  while (scale < largest) scale *= 2;
  while (scale > largest * 2) scale /= 2;
  const unit = scale / stepsPerScale;
  for (let i = 0; i < values.length; i++) values[i] = Math.round((values[i] ?? 0) / unit) * unit;
}
