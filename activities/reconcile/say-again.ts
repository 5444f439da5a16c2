import { unheardDecisions } from '../../src/db/people/unheard-decisions.ts';
import { isPerennialError } from '../../src/domain/words/errors.ts';
import type { ActivityDependencies } from '../dependencies.ts';

/** A word takes a moment to be heard, and a minute while its rollout waits for processes to acknowledge a step. */
const graceMs = 120_000;
/** The rest is said in the next minute. */
const wordsMax = 20;

/**
 * What a person said to a rollout, and a Temporal that was set back has forgotten, is said to it again under the same
 * id: heard twice, it is one word. A rollout that cannot be told now is told later. Answers how many were told.
 */
export async function sayAgain({
  database,
  bus,
  log,
}: Pick<ActivityDependencies, 'database' | 'bus' | 'log'>): Promise<number> {
  let told = 0;
  for (const word of await unheardDecisions(database.db, { graceMs, limit: wordsMax })) {
    try {
      // oxlint-disable-next-line no-await-in-loop -- one after the other, so that an absence is noticed at the first
      await bus.deliver(word);
      told++;
    } catch (error) {
      const { commandId } = word.message;
      log.warn({ model: word.model, commandId, err: error }, 'a rollout could not be told what was decided about it');
      // Temporal is away for all of them.
      if (isPerennialError(error) && error.code === 'unavailable') break;
    }
  }
  return told;
}
