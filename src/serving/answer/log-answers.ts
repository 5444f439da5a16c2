import { noAnswer } from '../../domain/record/records.ts';
import type { Serving } from '../serving.ts';
import type { ServedModel } from '../versions/model-table.ts';
import { answersBy, type AnsweredRow } from './answer-by-arms.ts';
import { predictionRecord } from './prediction-record.ts';
import type { AnswerTime } from './prediction.ts';

/**
 * Writes the records of answered rows, with what another version says about them: the other arm of a rollout, or the
 * control of an A/B test. Their places in the log are taken at once, so that the log keeps the order of the answers.
 * Never rejects: whatever the other does, what was answered is logged.
 */
export async function logAnswers(
  serving: Pick<Serving, 'spool' | 'entities'>,
  model: ServedModel,
  answered: readonly AnsweredRow[],
  when: AnswerTime,
): Promise<void> {
  const fill = serving.spool.reserve();
  // A full queue costs the pair, not the answer. One that failed is not asked again.
  const others = await answersBy(
    answered.map(({ asked }) => asked),
    answered.map(({ other, hasFailed }) => (hasFailed ? null : other)),
    true,
  );
  fill(
    answered.map(({ asked, by, answer, hasFailed, otherVersion }, index) => {
      const outcome = {
        arm: asked.arm,
        version: by.routed.version,
        correction: by.routed.correction,
        answer: answer ?? noAnswer,
        otherVersion,
        otherAnswer: others[index] ?? null,
        hasFailed,
      };
      return { type: 'prediction', record: predictionRecord(serving.entities, model, asked, outcome, when) };
    }),
  );
}
