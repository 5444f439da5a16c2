import { midRanks } from '../ranking.ts';

/**
 * Pearson's correlation of two columns, -1 to 1. Null for fewer than 3 pairs, and where a column does not vary.
 * Relative error <= 1e-15 (golden vectors).
 */
export function pearson(x: ArrayLike<number>, y: ArrayLike<number>): number | null {
  const count = Math.min(x.length, y.length);
  if (count < 3) return null;
  const [meanX, meanY] = [meanOf(x, count), meanOf(y, count)];
  let [xx, yy, xy] = [0, 0, 0];
  for (let i = 0; i < count; i++) {
    const [byX, byY] = [(x[i] ?? 0) - meanX, (y[i] ?? 0) - meanY];
    xx += byX * byX;
    yy += byY * byY;
    xy += byX * byY;
  }
  if (!(xx > 0) || !(yy > 0)) return null;
  return Math.max(-1, Math.min(1, xy / Math.sqrt(xx) / Math.sqrt(yy)));
}

/**
 * Spearman's rank correlation, ties by their middle rank, -1 to 1: any rising curve has 1. Null as `pearson`. Exact
 * (golden vectors).
 */
export function spearman(x: ArrayLike<number>, y: ArrayLike<number>): number | null {
  return pearson(midRanks(x), midRanks(y));
}

/**
 * Cramér's V of two columns of words, 0 to 1, less what independent columns show by chance (Bergsma, Journal of the
 * Korean Statistical Society 42, 2013). `counts` has the rows of each pair of words, row by row of the table, `width`
 * words of the second column in each. Null where a column has one word. Exact (golden vectors).
 */
export function cramersV(counts: ArrayLike<number>, width: number): number | null {
  const height = width > 0 ? Math.floor(counts.length / width) : 0;
  const down = new Float64Array(height);
  const across = new Float64Array(width);
  let rows = 0;
  for (let i = 0; i < height * width; i++) {
    const count = counts[i] ?? 0;
    rows += count;
    down[Math.floor(i / width)] = (down[Math.floor(i / width)] ?? 0) + count;
    across[i % width] = (across[i % width] ?? 0) + count;
  }
  const [wordsDown, wordsAcross] = [down.filter((n) => n > 0).length, across.filter((n) => n > 0).length];
  if (rows < 2 || wordsDown < 2 || wordsAcross < 2) return null;
  let chiSquare = 0;
  for (let i = 0; i < height * width; i++) {
    const expected = ((down[Math.floor(i / width)] ?? 0) * (across[i % width] ?? 0)) / rows;
    if (expected > 0) chiSquare += ((counts[i] ?? 0) - expected) ** 2 / expected;
  }
  const chance = ((wordsDown - 1) * (wordsAcross - 1)) / (rows - 1);
  const shrunk = (words: number): number => words - (words - 1) ** 2 / (rows - 1);
  const least = Math.min(shrunk(wordsDown), shrunk(wordsAcross)) - 1;
  if (!(least > 0)) return null;
  return Math.sqrt(Math.min(1, Math.max(0, chiSquare / rows - chance) / least));
}

/**
 * Correlation ratio of a number by groups, 0 to 1: the root of the share of its variance that lies between the groups,
 * less what groups without any meaning show by chance (Kelley's epsilon squared, PNAS 21, 1935). `groups` holds a
 * number for each row, 0 up to `groupCount` - 1. Null for a number that does not vary, and for one group. Relative
 * error <= 1e-15 (golden vectors).
 */
export function correlationRatio(
  groups: ArrayLike<number>,
  groupCount: number,
  values: ArrayLike<number>,
): number | null {
  const rows = Math.min(groups.length, values.length);
  const sums = new Float64Array(groupCount);
  const sizes = new Float64Array(groupCount);
  const mean = meanOf(values, rows);
  let all = 0;
  for (let i = 0; i < rows; i++) {
    const by = (values[i] ?? 0) - mean;
    const group = groups[i] ?? 0;
    sums[group] = (sums[group] ?? 0) + by;
    sizes[group] = (sizes[group] ?? 0) + 1;
    all += by * by;
  }
  const used = sizes.filter((size) => size > 0).length;
  if (!(all > 0) || used < 2 || rows <= used) return null;
  let between = 0;
  for (let group = 0; group < groupCount; group++)
    if ((sizes[group] ?? 0) > 0) between += (sums[group] ?? 0) ** 2 / (sizes[group] ?? 1);
  const share = 1 - ((1 - between / all) * (rows - 1)) / (rows - used);
  return Math.sqrt(Math.min(1, Math.max(0, share)));
}

function meanOf(values: ArrayLike<number>, count: number): number {
  let sum = 0;
  for (let i = 0; i < count; i++) sum += values[i] ?? 0;
  return count === 0 ? 0 : sum / count;
}
