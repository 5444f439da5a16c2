import { earlierRuns, spoolsToGo } from '../../src/db/erasure/others.ts';
import type { Erasure } from '../../src/db/erasure/erasures.ts';
import type { ErasePlace, EraseStep } from '../../src/domain/record/erasure/erasure.ts';
import type { EraseDependencies } from './part.ts';

/** Longest wait for what began before: a training of a day would otherwise keep an erasure from its end. */
export const waitMsMax = 24 * 3_600_000;
const pollMs = { first: 2_000, later: 60_000, laterAfterMs: 120_000 } as const;

/**
 * Between the passes: readings and trainings that began before may still store what they have read, and spools may hold
 * what was answered before. The second pass meets it; what has not ended within a day is told of.
 */
export async function waitForOthers(
  { database: { db } }: Pick<EraseDependencies, 'database'>,
  { erasureId }: Pick<Erasure, 'erasureId'>,
  at: ErasePlace,
  nowMs = Date.now(),
): Promise<EraseStep> {
  const sinceMs = at.sinceMs ?? nowMs;
  const runs = await earlierRuns(db, erasureId);
  const spools = (await spoolsToGo(db, erasureId)).filter(({ isAlive }) => isAlive);
  const waitedMs = nowMs - sinceMs;
  if ((runs.length === 0 && spools.length === 0) || waitedMs >= waitMsMax)
    return { next: secondPass, waitMs: 0, text: 'What began before has ended; a second pass looks again.' };
  const what = [...runs, ...spools.map(({ placeId }) => `spool ${placeId.slice(0, 8)}`)].join(', ');
  return {
    next: { ...at, sinceMs },
    waitMs: waitedMs < pollMs.laterAfterMs ? pollMs.first : pollMs.later,
    text: `Waits for what began before: ${what}.`,
  };
}

const secondPass: ErasePlace = { pass: 2, part: 'note-log', owner: null, cursor: null };
