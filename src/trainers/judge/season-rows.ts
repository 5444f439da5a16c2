import { phaseCount, seasonClock } from '../../domain/training/season/phases.ts';
import type { ReferenceSeason } from '../../domain/training/profile.ts';
import type { SeasonSpec } from '../../domain/spec/parts/watch-spec.ts';
import type { Strata } from '../../statistics/samples/block-spread.ts';

/** The season of a definition, and when the rows of a reference happened. */
export interface DeclaredSeason {
  readonly of: SeasonSpec;
  readonly timesMs: Float64Array;
  /** Of the rows that were scored, which may be others. */
  readonly scoreTimesMs: Float64Array;
}

export type SeasonRows = Strata;

/** A phase with fewer rows, or of fewer turns, says nothing of what is usual in it. */
const phaseRowsMin = 30;
const phaseTurnsMin = 3;

/** The phase of each row, and which phases are known; null where too few turns are in it to be a season at all. */
export function seasonRows(
  of: SeasonSpec,
  timesMs: Float64Array,
): { readonly strata: SeasonRows; readonly season: ReferenceSeason } | null {
  const clock = seasonClock(of);
  const count = phaseCount(of.phases);
  const rows = new Array<number>(count).fill(0);
  const turns = Array.from({ length: count }, () => new Set<number>());
  const ofRow = Int16Array.from(timesMs, (timeMs) => {
    const place = clock(timeMs);
    if (place === null) return -1;
    rows[place.phase] = (rows[place.phase] ?? 0) + 1;
    turns[place.phase]?.add(place.turn);
    return place.phase;
  });
  const isKnown = rows.map((each, phase) => each >= phaseRowsMin && (turns[phase]?.size ?? 0) >= phaseTurnsMin);
  const known = turns.filter((_, phase) => isKnown[phase]).map(({ size }) => size);
  if (known.length === 0) return null;
  // The phase that came least often hides most of what its turns differ by.
  const ofKnown = ofRow.map((phase) => (isKnown[phase] === true ? phase : -1));
  return { strata: { ofRow: ofKnown, count, turns: Math.min(...known) }, season: { ...of, rows, isKnown } };
}
