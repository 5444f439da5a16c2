/** Fewer batches would remember longer streams, and say less exactly how they differ. */
const batches = 10;

export interface BatchMeans {
  readonly mean: number;
  /** Of the mean; Student's t with `df` degrees of freedom goes with it. */
  readonly standardError: number;
  readonly df: number;
}

/**
 * The standard error of the mean of values in time order from ten stretches of the same length (L. Schruben,
 * Operations Research 31, 1983; B. Schmeiser, Operations Research 30, 1982): exact for normal independent values, and
 * right for dependent ones whose memory is short beside a tenth of them, without measuring it. Null for fewer than two
 * per stretch. Relative error <= 1e-11 (golden vectors).
 */
export function batchMeans(values: Float64Array): BatchMeans | null {
  const rows = values.length;
  if (rows < 2 * batches) return null;
  const mean = values.reduce((sum, value) => sum + value, 0) / rows;
  const sums = new Float64Array(batches);
  for (let row = 0; row < rows; row++) {
    const batch = Math.floor((row * batches) / rows);
    sums[batch] = (sums[batch] ?? 0) + (values[row] ?? 0) - mean;
  }
  const squares = sums.reduce((sum, value) => sum + value * value, 0);
  return { mean, standardError: Math.sqrt((squares * batches) / (batches - 1)) / rows, df: batches - 1 };
}
