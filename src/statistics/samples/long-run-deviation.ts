/** How widely the mean of dependent values spreads. */
export interface LongRunDeviation {
  /** Of one unit, so that the standard error of the mean is this divided by the root of `units`. */
  readonly deviation: number;
  readonly units: number;
  /** The memory that was measured: values in a block that counts as one. 1 where values are independent. */
  readonly blockRows: number;
}

/** Fewer blocks say too little of how blocks differ. */
const blocksMin = 30;

/**
 * The standard deviation that the mean of these values shows. Values of one group (`groups`: a number per value) are
 * taken together, as they may be copies of each other (the cluster-robust variance of Liang and Zeger, Biometrika 73,
 * 1986). Without groups, values in time order are taken together in blocks of 1, 2, 4, … values, as long as there are
 * 30 blocks, and the largest deviation counts: memory is measured, and never taken to be less than none. One value
 * more is counted as seen, at the distance `span` from the mean, so that a rare large value that has not come yet is
 * not taken for one that cannot. Relative error <= 1e-15 (golden vectors).
 */
export function longRunDeviation(
  values: Float64Array,
  { groups, span }: { readonly groups: Uint32Array | null; readonly span: number },
): LongRunDeviation {
  const rows = values.length;
  let total = 0;
  for (let row = 0; row < rows; row++) total += values[row] ?? 0;
  const mean = total / rows;
  if (groups !== null) {
    const sums = new Map<number, number>();
    for (let row = 0; row < rows; row++) {
      const group = groups[row] ?? 0;
      sums.set(group, (sums.get(group) ?? 0) + (values[row] ?? 0) - mean);
    }
    const units = sums.size;
    const squares = sumOfSquares(sums.values()) + span * span;
    return { deviation: Math.sqrt((squares / rows / rows) * units * bessel(units)), units, blockRows: 1 };
  }
  let widest = { deviation: 0, units: rows, blockRows: 1 };
  for (let blockRows = 1; blockRows === 1 || rows / blockRows >= blocksMin; blockRows *= 2) {
    const blocks = Math.floor(rows / blockRows);
    const squares = squaresOfBlocks(values, mean, blocks, blockRows) + span * span;
    const deviation = Math.sqrt((squares / blocks / blockRows) * bessel(blocks));
    if (deviation > widest.deviation) widest = { deviation, units: rows, blockRows };
  }
  return widest;
}

/** Infinite for a single unit, of which nothing can be said. */
function bessel(units: number): number {
  return units / (units - 1);
}

function squaresOfBlocks(values: Float64Array, mean: number, blocks: number, blockRows: number): number {
  let squares = 0;
  for (let block = 0; block < blocks; block++) {
    let sum = 0;
    for (let row = block * blockRows; row < (block + 1) * blockRows; row++) sum += (values[row] ?? 0) - mean;
    squares += sum * sum;
  }
  return squares;
}

function sumOfSquares(values: Iterable<number>): number {
  let sum = 0;
  for (const value of values) sum += value * value;
  return sum;
}
