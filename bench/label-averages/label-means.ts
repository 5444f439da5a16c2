/** Means of the newest labels that were known when each row was answered. */
export interface LabelMeansOptions {
  /** How many labels each mean is of, at most. */
  readonly windows: readonly number[];
  /** A label is known when so many later rows have come. */
  readonly delayRows: number;
  /** Rows that are answered at once: of what comes with them nothing is known. */
  readonly togetherRows: number;
}

/**
 * One column per window, NaN where no label is known yet. `labels` are in the order of rows, NaN where there is none.
 * Row `i` sees labels of rows before `start(i) - delayRows`, where `start(i)` is the first row that is answered with
 * it: history and traffic alike, so a model learns of what it will be given.
 */
export function labelMeans(
  labels: Float64Array,
  { windows, delayRows, togetherRows }: LabelMeansOptions,
): readonly Float64Array[] {
  const known: number[] = [0];
  // How many labels the rows before each row hold.
  const countBefore = new Uint32Array(labels.length + 1);
  let sum = 0;
  labels.forEach((label, row) => {
    if (!Number.isNaN(label)) known.push((sum += label));
    countBefore[row + 1] = known.length - 1;
  });
  return windows.map((window) =>
    labels.map((_, row) => {
      const end = row - (row % togetherRows) - delayRows;
      const to = countBefore[Math.max(0, end)] ?? 0;
      const from = Math.max(0, to - window);
      return to === from ? Number.NaN : ((known[to] ?? 0) - (known[from] ?? 0)) / (to - from);
    }),
  );
}
