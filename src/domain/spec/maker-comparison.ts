/** An imported model held against its maker's own answers to some rows. */
export interface MakerComparison {
  readonly rows: number;
  /** Largest difference of a probability, or of a value in its own unit. */
  readonly largestDifference: number;
}

/** What is said wherever the version is shown; null: nobody gave the maker's answers. */
export function sayMakerComparison(comparison: MakerComparison | null): string {
  if (comparison === null || comparison.rows === 0) return 'not compared with its maker';
  const { rows, largestDifference } = comparison;
  return `answers ${rows} golden rows as its maker does (largest difference ${largestDifference.toPrecision(2)})`;
}
