/** A metric of row multiplicities; null where it does not exist. */
type Weighted = (weights?: Uint32Array) => number | null;

const partsMax = 1_000;

/**
 * One number per row whose mean is the metric and whose spread is that of the metric, to first order: what the metric
 * loses when the row is left out (the jackknife of Quenouille and Tukey; R. Miller, Biometrika 61, 1974). Beyond 1,000
 * rows, neighbours are left out together and share their number. Null where the metric does not exist without a row.
 * Relative error <= 1e-13 (golden vectors).
 */
export function jackknifeRows(rows: number, metric: Weighted): Float64Array | null {
  const whole = metric();
  if (whole === null || rows < 2) return null;
  // A power of two, as the memory of neighbours is measured in blocks of such lengths.
  const partRows = 2 ** Math.max(0, Math.ceil(Math.log2(rows / partsMax)));
  const weights = new Uint32Array(rows).fill(1);
  const values = new Float64Array(rows);
  let sum = 0;
  for (let from = 0; from < rows; from += partRows) {
    const to = Math.min(rows, from + partRows);
    weights.fill(0, from, to);
    const without = metric(weights);
    weights.fill(1, from, to);
    if (without === null) return null;
    const lost = ((whole - without) * (rows - (to - from))) / (to - from);
    values.fill(lost, from, to);
    sum += lost * (to - from);
  }
  const shift = whole - sum / rows;
  return values.map((lost) => lost + shift);
}
