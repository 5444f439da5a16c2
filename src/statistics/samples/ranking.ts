/**
 * Row numbers in ascending order of score, ties in row order. NaN scores sort last. Exact (golden vectors). Exact
 * (golden vectors).
 */
export function ascendingOrder(scores: ArrayLike<number>): Uint32Array {
  const order = new Uint32Array(scores.length);
  for (let i = 0; i < order.length; i++) order[i] = i;
  const at = (i: number): number => {
    const score = scores[i] ?? Number.NaN;
    return Number.isNaN(score) ? Infinity : score;
  };
  return order.sort((i, j) => {
    const gap = at(i) - at(j);
    return gap < 0 ? -1 : gap > 0 ? 1 : i - j;
  });
}

/**
 * Ranks from 1; tied scores share the mean of their ranks. `order` is that of `ascendingOrder`, for whoever knows it.
 * Exact (golden vectors).
 */
export function midRanks(scores: ArrayLike<number>, order: Uint32Array = ascendingOrder(scores)): Float64Array {
  const ranks = new Float64Array(scores.length);
  for (let start = 0; start < order.length;) {
    const end = endOfTies(scores, order, start);
    const rank = (start + 1 + end) / 2;
    for (let i = start; i < end; i++) ranks[order[i] ?? 0] = rank;
    start = end;
  }
  return ranks;
}

/**
 * One past the last position whose score equals the one at `start`, in a sorted order. Exact (golden vectors). Exact
 * (golden vectors).
 */
export function endOfTies(scores: ArrayLike<number>, order: Uint32Array, start: number): number {
  const score = scores[order[start] ?? 0];
  let end = start + 1;
  while (end < order.length && scores[order[end] ?? 0] === score) end++;
  return end;
}

/**
 * Area under the ROC curve by mid-ranks (Mann-Whitney), O(n log n). `labels` are 1 for positive, anything else
 * negative. Null when only one class is present: the area does not exist then. Exact (golden vectors). Exact (golden
 * vectors).
 */
export function auroc(scores: ArrayLike<number>, labels: ArrayLike<number>): number | null {
  const ranks = midRanks(scores);
  let positives = 0;
  let rankSum = 0;
  for (let i = 0; i < ranks.length; i++) {
    if (labels[i] !== 1) continue;
    positives++;
    rankSum += ranks[i] ?? 0;
  }
  const negatives = ranks.length - positives;
  if (positives === 0 || negatives === 0) return null;
  return (rankSum - (positives * (positives + 1)) / 2) / (positives * negatives);
}

/**
 * Average precision: sum over distinct scores, descending, of (recall step) x precision, without interpolation
 * (scikit-learn's definition). Null without positives. `weights` (row multiplicities) serve the bootstrap. Relative
 * error <= 1e-14 (golden vectors).
 */
export function averagePrecision(
  scores: ArrayLike<number>,
  labels: ArrayLike<number>,
  order: Uint32Array = ascendingOrder(scores),
  weights?: ArrayLike<number>,
): number | null {
  let seen = 0;
  let hits = 0;
  let area = 0;
  for (let end = order.length; end > 0;) {
    const score = scores[order[end - 1] ?? 0];
    let hitsHere = 0;
    let start = end;
    do {
      const row = order[--start] ?? 0;
      const weight = weights === undefined ? 1 : (weights[row] ?? 0);
      seen += weight;
      if (labels[row] === 1) hitsHere += weight;
    } while (start > 0 && scores[order[start - 1] ?? 0] === score);
    hits += hitsHere;
    if (seen > 0) area += (hitsHere * hits) / seen;
    end = start;
  }
  return hits === 0 ? null : area / hits;
}
