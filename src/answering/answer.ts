import type { Answer } from '../domain/record/records.ts';
import { applyCorrection, type Correction } from '../domain/rollout/correction.ts';
import type { Covariates } from '../domain/tasks/task.ts';
import { decide, decideRows, widthOf, type Question } from './decide.ts';

/** What turns the scores of a version into its answers. */
export interface Answerer {
  readonly question: Question;
  /** The version's own; null decides at even odds, or by the largest probability. */
  readonly threshold: number | null;
  /** Null answers as the model scored. */
  readonly correction: Correction | null;
}

/** The answer behind the scores of one row: corrected, then decided. `covariates` are of the correction. */
export function answer(by: Answerer, raw: readonly number[], covariates?: ArrayLike<number>): Answer {
  const scores = corrected(by.correction, raw, covariates);
  const decision = decide(by.question, by.threshold, scores);
  return by.correction === null ? { scores, decision } : { scores, decision, rawScores: raw };
}

/** The answers of many rows, row-major; decisions are class numbers. */
export interface AnsweredRows {
  readonly scores: Float64Array;
  readonly decisions: Uint32Array;
}

/** The same for many rows, whose scores stand row-major. */
export function answerRows(by: Answerer, raw: ArrayLike<number>, covariates?: Covariates): AnsweredRows {
  const width = widthOf(by.question);
  const scores = Float64Array.from(raw);
  if (by.correction !== null)
    for (let from = 0; from < scores.length; from += width)
      scores.set(
        corrected(by.correction, Array.from(scores.subarray(from, from + width)), at(covariates, from / width)),
        from,
      );
  return { scores, decisions: decideRows(by.question, () => by.threshold, scores) };
}

function corrected(
  correction: Correction | null,
  raw: readonly number[],
  covariates?: ArrayLike<number>,
): readonly number[] {
  return correction === null ? raw : applyCorrection(correction, raw, covariates);
}

function at(covariates: Covariates | undefined, row: number): Float64Array | undefined {
  return covariates?.values.subarray(row * covariates.width, (row + 1) * covariates.width);
}
