import type { Signature } from '../domain/spec/signature.ts';
import { decideRow } from '../statistics/losses.ts';

/** What is asked: the kind of answer, and the classes that it can be. */
export type Question = Pick<Signature, 'task' | 'classes'>;

/** A binary version without a threshold of its own decides at even odds. */
const evenOdds = 0.5;

/** From which P(positive) on the answer is yes; null where the task has no threshold. `own` is the version's. */
export function thresholdOf({ task }: Pick<Question, 'task'>, own: number | null): number | null {
  return task === 'binary' ? (own ?? evenOdds) : null;
}

/** The decided class in the words of the business; null for a value. */
export function decide(question: Question, ownThreshold: number | null, scores: readonly number[]): string | null {
  const { task, classes } = question;
  if (task === 'regression') return null;
  return classes[decideRow(scores, 0, classes.length, thresholdOf(question, ownThreshold))] ?? null;
}

/** The decided class numbers of many rows, each by the threshold of the version that answered it; 0 for values. */
export function decideRows(
  question: Question,
  ownThresholdAt: (row: number) => number | null,
  scores: ArrayLike<number>,
): Uint32Array {
  const width = widthOf(question);
  const decisions = new Uint32Array(Math.floor(scores.length / width));
  if (question.task === 'regression') return decisions;
  return decisions.map((_, row) => decideRow(scores, row * width, width, thresholdOf(question, ownThresholdAt(row))));
}

/** Scores of one row: one per class, or the value. */
export function widthOf({ classes }: Pick<Question, 'classes'>): number {
  return Math.max(1, classes.length);
}
