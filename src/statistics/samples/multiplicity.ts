/**
 * Adjusted p-values, in the order given. Benjamini and Hochberg (1995): rejecting where adjusted <= q keeps the
 * expected share of false rejections <= q under independence or positive dependence. Relative error <= 1e-15 (golden
 * vectors).
 */
export function benjaminiHochberg(pValues: ArrayLike<number>): Float64Array {
  const count = pValues.length;
  const order = descendingOrder(pValues);
  const adjusted = new Float64Array(count);
  let least = 1;
  order.forEach((index, i) => {
    least = Math.min(least, ((pValues[index] ?? 1) * count) / (count - i));
    adjusted[index] = least;
  });
  return adjusted;
}

/**
 * Which of `count` null hypotheses are rejected so that any true one is with probability at most `alpha`, whatever
 * they have to do with each other. Holm, Scandinavian Journal of Statistics 6 (1979): as long as some are rejected at
 * alpha divided by the number of those that stand, the rest is asked again. Exact (golden vectors). Exact (golden
 * vectors).
 */
export function holmRejected(
  count: number,
  alpha: number,
  isRejectedAt: (index: number, alpha: number) => boolean,
): readonly { readonly index: number; readonly alpha: number }[] {
  const rejected: { readonly index: number; readonly alpha: number }[] = [];
  let standing = Array.from({ length: count }, (_, index) => index);
  for (;;) {
    const level = alpha / standing.length;
    const now = standing.filter((index) => isRejectedAt(index, level));
    if (now.length === 0) return rejected;
    rejected.push(...now.map((index) => ({ index, alpha: level })));
    standing = standing.filter((index) => !now.includes(index));
    if (standing.length === 0) return rejected;
  }
}

function descendingOrder(values: ArrayLike<number>): number[] {
  return Array.from({ length: values.length }, (_, i) => i).sort(
    (i, j) => (values[j] ?? 1) - (values[i] ?? 1) || j - i,
  );
}
