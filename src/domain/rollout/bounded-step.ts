import { taskOf } from '../tasks/task-of.ts';
import type { Recalibration } from '../tasks/task.ts';
import type { Correction } from './correction.ts';
import { covariatesAt, type LabelledScores } from './recalibrate.ts';

/**
 * As far from `from` (null: uncorrected) towards `to` as one refit may go: the root mean square by which the answers of
 * these rows move is at most what the task allows (`stepMax`). For classes that is 0.75 in log-odds, so one refit, on
 * whatever labels, raises the mean log loss of rows like these by at most 0.75² / 8 = 0.0703 where the answers were
 * calibrated (Hoeffding's lemma: the loss as a function of a shift has a curvature of at most a quarter).
 */
export function boundedStep(rows: LabelledScores, from: Correction | null, to: Correction): Correction {
  const { correction } = taskOf(rows.task);
  const base: Recalibration =
    from?.intercepts.length === to.intercepts.length ? from : { slope: 1, intercepts: to.intercepts.map(() => 0) };
  const before = rows.raw.map((scores, row) => correction.apply(base, scores, covariatesAt(rows, row)));
  const squares = rows.raw.reduce(
    (sum, scores, row) =>
      sum + correction.change(before[row] ?? [], correction.apply(to, scores, covariatesAt(rows, row))) ** 2,
    0,
  );
  const moved = Math.sqrt(squares / Math.max(1, rows.raw.length));
  const most = correction.stepMax(rows.labels, before);
  if (moved <= most) return to;
  const towards = (a: number, b: number): number => a + (most / moved) * (b - a);
  return {
    ...to,
    slope: towards(base.slope, to.slope),
    intercepts: to.intercepts.map((value, k) => towards(base.intercepts[k] ?? 0, value)),
    ...(to.weights === undefined
      ? {}
      : { weights: to.weights.map((value, k) => towards(base.weights?.[k] ?? 0, value)) }),
  };
}
