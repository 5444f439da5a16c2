/** As much of a counter as says of which phases its rows are. */
export interface PhaseCounter {
  readonly rows: number;
  readonly phases: readonly number[] | null;
}

/**
 * Rows by phase over all counters of a window, last those that stand in no cell. Null where a counter has none, or has
 * rows that a process of an earlier release counted without them: then nothing is known of the phases of the window.
 */
export function phaseRows(counters: readonly PhaseCounter[]): readonly number[] | null {
  const [first] = counters;
  if (first === undefined || counters.some((counter) => !isWhole(counter))) return null;
  return (first.phases ?? []).map((_, phase) => counters.reduce((sum, { phases }) => sum + (phases?.[phase] ?? 0), 0));
}

function isWhole({ rows, phases }: PhaseCounter): boolean {
  return phases !== null && phases.reduce((sum, count) => sum + count, 0) === rows;
}
