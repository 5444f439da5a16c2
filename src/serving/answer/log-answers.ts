import { noAnswer, type Answer } from '../../domain/record/records.ts';
import type { Serving } from '../serving.ts';
import type { ServedModel, ServedVersion } from '../versions/model-table.ts';
import { answersOf, type AnsweredRow } from './answer-by-arms.ts';
import { predictionRecord } from './prediction-record.ts';
import type { AnswerTime } from './prediction.ts';

/**
 * Writes the records of answered rows, with what the other arm of a rollout says about them. Their places in the log
 * are taken at once, so that the log keeps the order of the answers. Never rejects: whatever the other arm does, what
 * was answered is logged.
 */
export async function logAnswers(
  serving: Pick<Serving, 'spool' | 'entities'>,
  model: ServedModel,
  champion: ServedVersion,
  answered: readonly AnsweredRow[],
  when: AnswerTime,
): Promise<void> {
  const fill = serving.spool.reserve();
  const { challenger } = model;
  const others = challenger === null ? [] : await answersOfOthers(champion, challenger, answered);
  fill(
    answered.map(({ asked, by, answer, hasFailed }, index) => {
      const other = challenger === null ? null : by === champion ? challenger : champion;
      const outcome = {
        arm: asked.arm,
        version: by.routed.version,
        correction: by.routed.correction,
        answer: answer ?? noAnswer,
        otherVersion: other?.routed.version ?? null,
        otherAnswer: others[index] ?? null,
        hasFailed,
      };
      return { type: 'prediction', record: predictionRecord(serving.entities, model, asked, outcome, when) };
    }),
  );
}

/** What the arm that did not answer says about each row; null where it failed, now or before. */
async function answersOfOthers(
  champion: ServedVersion,
  challenger: ServedVersion,
  answered: readonly AnsweredRow[],
): Promise<readonly (Answer | null)[]> {
  const ask = (other: ServedVersion): Promise<readonly (Answer | null)[]> => {
    const rows = answered.filter(({ by, hasFailed }) => !hasFailed && by !== other).map(({ asked }) => asked);
    // A full queue costs the pair, not the answer.
    return answersOf(other, rows).catch(() => rows.map(() => null));
  };
  const [byChallenger, byChampion] = await Promise.all([ask(challenger), ask(champion)]);
  const queues = { challenger: byChallenger.values(), champion: byChampion.values() };
  return answered.map(({ by, hasFailed }) =>
    hasFailed ? null : (queues[by === champion ? 'challenger' : 'champion'].next().value ?? null),
  );
}
