import { taskOf } from '../tasks/task-of.ts';
import type { CalibrationRows, Covariates } from '../tasks/task.ts';
import type { Correction } from './correction.ts';

/** How rows after a position would have been answered, had the plan not only looked. */
export interface ShadowFit {
  /** The last row that was there when it was fitted: it would have answered those after it. */
  readonly throughSeq: number;
  /** Null: uncorrected. */
  readonly correction: Correction | null;
}

/** Rows as they were answered, oldest first. */
export interface AnsweredRows {
  readonly seqs: readonly number[];
  readonly raw: CalibrationRows['raw'];
  readonly answered: CalibrationRows['raw'];
}

/**
 * What rows would have been answered with the corrections of their day, each by the last fit before it; before all
 * fits, as they were. `covariatesOf` gives the covariates of all rows as one correction standardises them.
 */
export function shadowAnswers(
  { seqs, raw, answered }: AnsweredRows,
  fits: readonly ShadowFit[],
  covariatesOf: (correction: Correction) => Covariates | undefined,
): CalibrationRows['raw'] {
  const oldestFirst = fits.toSorted((a, b) => a.throughSeq - b.throughSeq);
  let at = -1;
  let beside: Covariates | undefined;
  return seqs.map((seq, row) => {
    for (let next = oldestFirst[at + 1]; next !== undefined && next.throughSeq < seq; next = oldestFirst[at + 1]) {
      at++;
      beside = next.correction === null ? undefined : covariatesOf(next.correction);
    }
    const fit = oldestFirst[at];
    const scores = raw[row] ?? [];
    if (fit === undefined) return answered[row] ?? scores;
    if (fit.correction === null) return scores;
    const values = beside?.values.subarray(row * beside.width, (row + 1) * beside.width);
    return taskOf(fit.correction.task).correction.apply(fit.correction, scores, values);
  });
}
