import { taskOf } from '../domain/tasks/task-of.ts';
import { widthOf, type Question } from './decide.ts';

/** Rounding of a graph leaves a probability this far outside of 0 to 1; what lies further out is none. */
const probabilitySlack = 1e-5;

/**
 * The scores of one row as they can be answered: finite, and for classes probabilities, put back to 0 or 1 where
 * rounding left them beside it. Null for scores of which no answer can be made.
 */
export function usableScores(question: Question, scores: readonly number[]): readonly number[] | null {
  if (scores.length !== widthOf(question) || !scores.every(Number.isFinite)) return null;
  if (!taskOf(question.task).hasClasses) return scores;
  if (scores.every((score) => score >= 0 && score <= 1)) return scores;
  if (scores.some((score) => score < -probabilitySlack || score > 1 + probabilitySlack)) return null;
  return scores.map((score) => Math.min(1, Math.max(0, score)));
}
