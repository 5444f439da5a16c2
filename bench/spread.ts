/** Five runs or so: the middle one counts, the others show how steady it is. */
export interface Spread {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

/** Lower median; zeros for no values. Rounded to a hundredth. */
export function spreadOf(values: readonly number[]): Spread {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (index: number): number => Math.round((sorted[index] ?? 0) * 100) / 100;
  return { median: at(Math.floor((sorted.length - 1) / 2)), min: at(0), max: at(sorted.length - 1) };
}
