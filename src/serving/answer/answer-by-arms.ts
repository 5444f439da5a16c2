import { answer } from '../../answering/answer.ts';
import { usableScores } from '../../answering/usable-scores.ts';
import type { Answer } from '../../domain/record/records.ts';
import type { ServedModel, ServedVersion } from '../versions/model-table.ts';
import type { AskedRow } from './prediction.ts';

/** One row with the version that answered it, or that should have and could not. */
export interface AnsweredRow {
  readonly asked: AskedRow;
  readonly by: ServedVersion;
  /** Null where no version could answer: the row has failed, the request has not. */
  readonly answer: Answer | null;
  /** True when the version that should have answered did not, whether or not the champion did. */
  readonly hasFailed: boolean;
}

/**
 * Each row by the arm that it was given to. Where the challenger fails, the champion answers; where that fails too, the
 * row has no answer.
 */
export async function answerByArms(
  model: ServedModel,
  champion: ServedVersion,
  asked: readonly AskedRow[],
): Promise<readonly AnsweredRow[]> {
  const { challenger } = model;
  const isChallengers = asked.map(({ arm }) => arm === 'challenger' && challenger !== null);
  const [byChallenger, byChampion] = await Promise.all([
    challenger === null
      ? []
      : answersOf(
          challenger,
          asked.filter((_, index) => isChallengers[index]),
        ),
    answersOf(
      champion,
      asked.filter((_, index) => !isChallengers[index]),
    ),
  ]);
  const queues = { challenger: byChallenger.values(), champion: byChampion.values() };
  const first = asked.map((_, index) => queues[isChallengers[index] ? 'challenger' : 'champion'].next().value ?? null);
  // Where the challenger failed, the champion answers; the record says whose failure it was.
  const failed = asked.filter((_, index) => isChallengers[index] && first[index] === null);
  const rescue = (await answersOf(champion, failed)).values();
  return asked.map((row, index) => {
    const isRescued = isChallengers[index] === true && first[index] === null;
    const given = isRescued ? (rescue.next().value ?? null) : (first[index] ?? null);
    return {
      asked: row,
      by: isChallengers[index] && !isRescued && challenger !== null ? challenger : champion,
      answer: given,
      hasFailed: isRescued || given === null,
    };
  });
}

/** A version's answers, in order; null for a row that it failed on. Rejects with `overloaded` while too much waits. */
export async function answersOf(
  version: ServedVersion,
  asked: readonly AskedRow[],
): Promise<readonly (Answer | null)[]> {
  const scores = await version.batcher.submit(asked.map(({ row }) => version.pick(row)));
  return scores.map((row) => {
    const usable = row === null ? null : usableScores(version.signature, row);
    return usable === null ? null : answer(version.answerer, usable);
  });
}
