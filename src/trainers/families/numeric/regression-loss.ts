import type { GbdtSpec, RegressionObjective } from '../../../domain/spec/trainer-spec.ts';
import { absoluteErrorRows, pinballRows } from '../../../statistics/samples/losses.ts';

/** What a definition says of the loss of a regression; of other trainers nothing. */
export type LossSettings = Pick<GbdtSpec, 'objective' | 'huberDelta' | 'quantile'>;

/** One loss per row, from answers and labels. */
export type LossRows = (answers: Float64Array, labels: Float64Array) => Float64Array;

/** Huber 1964: half the squared error up to `delta`, in the unit of the label, and beyond it as far as the error is. */
export function huberRows(delta: number): LossRows {
  return (answers, labels) =>
    labels.map((label, row) => {
      const size = Math.abs((answers[row] ?? Number.NaN) - label);
      return size <= delta ? (size * size) / 2 : delta * (size - delta / 2);
    });
}

/** Half the deviance of a Poisson distribution (McCullagh & Nelder 1989, section 2.3); answers are above 0. */
export const poissonRows: LossRows = (answers, labels) =>
  labels.map((label, row) => {
    const answer = answers[row] ?? Number.NaN;
    const excess = label > 0 ? label * (Math.log(label) - Math.log(answer)) : 0;
    return excess - (label - answer);
  });

const rowsBy: Record<RegressionObjective, (settings: LossSettings) => LossRows> = {
  absolute: () => absoluteErrorRows,
  huber: ({ huberDelta = 1 }) => huberRows(huberDelta),
  poisson: () => poissonRows,
  quantile:
    ({ quantile = 0.5 }) =>
    (answers, labels) =>
      pinballRows(answers, labels, quantile),
};

/** The loss that a definition declares, row by row; null where it is the usual one of the task. */
export function declaredLossRows(settings: LossSettings): LossRows | null {
  return settings.objective === undefined ? null : rowsBy[settings.objective](settings);
}
