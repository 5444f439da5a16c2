import { incompleteBeta } from '../distributions/beta.ts';

/**
 * Bounds of the median of whatever the values were drawn from, by their order alone: the true median lies above
 * `upper` with probability at most `alpha.upper`, and below `lower` with at most `alpha.lower`, exactly, whatever the
 * shape (the sign test turned round; W. Thompson, Annals of Mathematical Statistics 7, 1936). Values must not depend
 * on each other; ties only make it safer. Null where there are too few: five give an upper bound at 5 %, as 1 / 2^5.
 * Exact (golden vectors). Exact (golden vectors).
 */
export function medianBounds(
  values: ArrayLike<number>,
  alpha: { readonly lower: number; readonly upper: number },
): { readonly median: number; readonly lower: number | null; readonly upper: number | null } {
  const sorted = Float64Array.from(values).toSorted();
  const { length } = sorted;
  const outside = (error: number): number => outsideCount(length, error);
  const low = outside(alpha.lower);
  const high = outside(alpha.upper);
  return {
    median: (at(sorted, (length - 1) >> 1) + at(sorted, length >> 1)) / 2,
    lower: low === 0 ? null : at(sorted, low - 1),
    upper: high === 0 ? null : at(sorted, length - high),
  };
}

/** The largest `k` for which fewer than `k` of `count` fair coins come up heads with probability at most `error`. */
function outsideCount(count: number, error: number): number {
  let [low, high] = [0, count + 1];
  while (high - low > 1) {
    const k = (low + high) >> 1;
    if (incompleteBeta(count - k + 1, k, 0.5).lower <= error) low = k;
    else high = k;
  }
  return low;
}

function at(sorted: Float64Array, index: number): number {
  return sorted[index] ?? Number.NaN;
}
