import { seasonClock } from '../../training/season/phases.ts';
import type { ReferenceSeason } from '../../training/profile.ts';

/** Where rows stand in the season of a reference. */
export interface PlacedRows {
  /** Rows by phase, and last those of phases that the reference does not know, which stand in no cell. */
  readonly phases: readonly number[];
  readonly isPlaced: readonly boolean[];
}

/** Rows by when they happened; one without a time is of no phase. */
export function placeRows(season: ReferenceSeason, timesMs: readonly (number | null)[]): PlacedRows {
  const clock = seasonClock(season);
  const phases = new Array<number>(season.rows.length + 1).fill(0);
  const isPlaced = timesMs.map((timeMs) => {
    const phase = clock(timeMs)?.phase;
    const isKnown = phase !== undefined && season.isKnown[phase] === true;
    const at = isKnown ? phase : phases.length - 1;
    phases[at] = (phases[at] ?? 0) + 1;
    return isKnown;
  });
  return { phases, isPlaced };
}
