/**
 * Sums per bin: for feature f and bin b the cells at `(offsets[f] + b) * 3` are gradient, hessian, rows. The missing
 * bin is part of each feature's stretch.
 */
export interface HistogramLayout {
  readonly offsets: readonly number[];
  /** Bins of each feature, with the one for missing. */
  readonly bins: readonly number[];
  readonly cells: number;
}

export function histogramLayout(binCounts: readonly number[]): HistogramLayout {
  const offsets: number[] = [];
  let bins = 0;
  for (const count of binCounts) {
    offsets.push(bins);
    bins += count + 1;
  }
  return { offsets, bins: binCounts.map((count) => count + 1), cells: bins * 3 };
}

/** Of the loss at each row: first and second derivative by the score. */
export interface Gradients {
  readonly gradient: Float64Array;
  readonly hessian: Float64Array;
}

/**
 * parent − child, in place: the histogram of the other child for free. Exact, because the sums are (fixed-point.ts).
 */
export function subtractHistogram(parent: Float64Array, child: Float64Array): void {
  for (let i = 0; i < parent.length; i++) parent[i] = (parent[i] ?? 0) - (child[i] ?? 0);
}
