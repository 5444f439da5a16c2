import type { CounterRow } from '../../../src/db/watching/windows.ts';

/** The versions that answered in a window, by its counters; fallback answers are by none. */
export function answeredBy(counters: readonly CounterRow[]): readonly number[] {
  return [...new Set(counters.filter((row) => row.rows > row.failed && row.version > 0).map((row) => row.version))];
}
