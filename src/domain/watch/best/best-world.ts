import type { ReferenceProfile } from '../../training/profile.ts';
import { sayMany, sayNumber } from '../../words/say.ts';
import type { DriftWatch } from '../feature-drift.ts';
import { judgeDrift, type WindowCells } from '../judge-drift.ts';
import { sayPhase, unheeded } from '../season/say-phase.ts';

export const worldVerdicts = ['alike', 'moved', 'insufficient'] as const;
export type WorldVerdict = (typeof worldVerdicts)[number];

/** How far features are from where they were when the best champion was trained. */
export interface BestWorld {
  readonly verdict: WorldVerdict;
  /** The best champion. */
  readonly version: number;
  readonly rows: number;
  /** Moved most first; at most 40. */
  readonly features: readonly { readonly name: string; readonly effect: number; readonly drifted: boolean }[];
  readonly text: string;
}

const featuresMax = 40;
const toldMax = 3;

/**
 * Features of a window against the reference of the best champion, so that a drift which each training has taken in is
 * still told. Judged as drift is, without answers, which are another model's. It is information and rings no alarm: in
 * a stream that is as it was for that version, features are named in at most `watch.falseAlarmRate` of windows, beside
 * what the champion's own reference does. Where that reference knows a season, the window is held against
 * its own phases.
 */
export function judgeBestWorld(
  version: number,
  profile: ReferenceProfile,
  window: WindowCells,
  watch: DriftWatch,
  skip: readonly string[],
  isSeasonal = false,
): BestWorld {
  const cells = window.cells.slice(0, profile.features.length);
  const judged = judgeDrift({ profile, window: { ...window, cells }, watch, skip });
  const season = saySeason(profile, window, isSeasonal);
  const features = judged.features
    .map(({ name, effect, drifted }) => ({ name, effect, drifted }))
    .toSorted((a, b) => b.effect - a.effect)
    .slice(0, featuresMax);
  const rows = window.rows;
  if (judged.verdict === 'insufficient' || judged.features.length === 0)
    return { verdict: 'insufficient', version, rows, features: [], text: sayNothing(version, rows) };
  const moved = features.filter(({ drifted }) => drifted);
  const of = `${sayMany(judged.features.length, 'feature')} over ${sayMany(rows, 'row')}`;
  if (moved.length === 0) {
    const text = `The world is as it was for v${version}, the best champion: none of ${of} has moved.${season}`;
    return { verdict: 'alike', version, rows, features, text };
  }
  const told = moved.slice(0, toldMax).map(({ name, effect }) => `"${name}" by ${sayNumber(effect)} sd`);
  const more = moved.length > toldMax ? ` and ${moved.length - toldMax} more` : '';
  const named = `of ${of}, ${told.join(', ')}${more} moved.${season}`;
  const text = `The world is not that of v${version}, the best champion: ${named}`;
  return { verdict: 'moved', version, rows, features, text };
}

function saySeason({ season }: ReferenceProfile, { phases }: WindowCells, isSeasonal: boolean): string {
  if (season !== undefined && phases != null) return ` ${sayPhase(season, phases.at(-1) ?? 0)}`;
  return isSeasonal ? ` ${unheeded}` : '';
}

function sayNothing(version: number, rows: number): string {
  return `Not held against the world of v${version}, the best champion: ${sayMany(rows, 'row')} say too little of it.`;
}
