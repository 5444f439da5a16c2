import type { SeasonSpec } from '../../spec/parts/watch-spec.ts';
import { sayMany } from '../../words/say.ts';

export const unheeded = 'The declared season is not heeded: reference and window were not both counted by it.';

/** `Held against the same hour of day (UTC). 40 rows of phases with too few reference rows are left out.` */
export function sayPhase({ phases, timeZone }: SeasonSpec, leftOut: number): string {
  const out = leftOut === 0 ? '' : ` ${sayMany(leftOut, 'row')} of phases with too few reference rows are left out.`;
  return `Held against the same ${phases.replaceAll('-', ' ')} (${timeZone}).${out}`;
}
