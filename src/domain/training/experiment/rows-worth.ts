import { normalQuantile } from '../../../statistics/distributions/normal.ts';
import { studentTQuantile } from '../../../statistics/distributions/student-quantile.ts';
import { longRunDeviation } from '../../../statistics/samples/long-run-deviation.ts';
import { momentsOf } from '../../../statistics/samples/paired.ts';

/** With fewer, a deviation is not known at all. */
const degreesMin = 1;

/**
 * For how many of themselves rows in time order count, (0..1], beside the memory that `sampleBounds` sees by itself,
 * when a bound is asked for at this level.
 *
 * It measures memory in blocks, of which there are thirty or more: enough for a gate at 5 %, and too few for one of
 * many comparisons, whose level lies far out. There it matters twice: blocks that are not much longer than the memory
 * show too little of it, and a deviation that was itself measured calls for the quantile of Student, not of the normal.
 * So memory is also taken from the correlation r of neighbours (a first-order autoregression: the mean spreads as if
 * rows were fewer by (1 + r) / (1 - r); r without its bias, Marriott and Pope, Biometrika 41, 1954), the wider of both
 * counts, and rows are as many fewer as the quotient of both quantiles, squared, says. Its degrees of freedom are the
 * blocks, or those by which r is known: to first order the variance of the logarithm of (1 + r) / (1 - r) is
 * 4 / (rows (1 - r^2)), which is that of a chi-square of rows (1 - r^2) / 2 degrees.
 */
export function rowsWorth(values: Float64Array, alpha: number): number {
  const rows = values.length;
  const { variance } = momentsOf(values);
  if (!(variance > 0)) return 1;
  const { deviation, blockRows } = longRunDeviation(values, { groups: null, span: 0 });
  const byBlocks = Math.max(1, (deviation * deviation) / variance);
  const r = Math.min(1 - 1 / rows, Math.max(0, neighbours(values)));
  const byNeighbours = (1 + r) / (1 - r);
  const degrees = byNeighbours > byBlocks ? (rows * (1 - r * r)) / 2 : rows / blockRows - 1;
  const quotient = normalQuantile(alpha) / studentTQuantile(alpha, Math.max(degreesMin, degrees));
  return Math.min(1, byBlocks / byNeighbours) * quotient * quotient;
}

/** The correlation of neighbours, without the bias that comes of the mean being that of the same rows. */
function neighbours(values: Float64Array): number {
  const { mean } = momentsOf(values);
  let [products, squares] = [0, 0];
  for (const [row, value] of values.entries()) {
    squares += (value - mean) ** 2;
    if (row > 0) products += (value - mean) * ((values[row - 1] ?? mean) - mean);
  }
  const r = products / squares;
  return r + (1 + 3 * r) / values.length;
}
