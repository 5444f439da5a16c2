/**
 * Adjusted p-values, in the order given. Benjamini and Hochberg (1995): rejecting where adjusted <= q keeps the
 * expected share of false rejections <= q under independence or positive dependence.
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

function descendingOrder(values: ArrayLike<number>): number[] {
  return Array.from({ length: values.length }, (_, i) => i).sort(
    (i, j) => (values[j] ?? 1) - (values[i] ?? 1) || j - i,
  );
}
