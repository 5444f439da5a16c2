import type { Signature } from '../domain/spec/signature.ts';
import { taskOf } from '../domain/tasks/task-of.ts';

/** What is asked: the kind of answer, and the classes that it can be. */
export type Question = Pick<Signature, 'task' | 'classes'>;

/** From which P(positive) on the answer is yes; null where the task has no threshold. `own` is the version's. */
export function thresholdOf({ task }: Pick<Question, 'task'>, own: number | null): number | null {
  const { defaultThreshold } = taskOf(task);
  return defaultThreshold === null ? null : (own ?? defaultThreshold);
}

/** The decided class in the words of the business; null for a value. */
export function decide(question: Question, ownThreshold: number | null, scores: readonly number[]): string | null {
  const decided = taskOf(question.task).decide(scores, 0, widthOf(question), thresholdOf(question, ownThreshold));
  return decided === null ? null : (question.classes[decided] ?? null);
}

/** The decided class numbers of many rows, each by the threshold of the version that answered it; 0 for values. */
export function decideRows(
  question: Question,
  ownThresholdAt: (row: number) => number | null,
  scores: ArrayLike<number>,
): Uint32Array {
  const task = taskOf(question.task);
  const width = widthOf(question);
  return Uint32Array.from({ length: Math.floor(scores.length / width) }, (_, row) => {
    const threshold = thresholdOf(question, ownThresholdAt(row));
    return task.decide(scores, row * width, width, threshold) ?? 0;
  });
}

/** Scores of one row: one per class, or the value. */
export function widthOf({ task, classes }: Question): number {
  return taskOf(task).scoreCount(classes);
}
