import { percentile } from '../../../statistics/samples/bootstrap.ts';
import { ridgeRows, slopeRange } from '../recalibration.ts';
import type { CalibrationRows, Recalibration, TaskCorrection } from '../task.ts';

/** Values whose spread is below this share of their size are one value, but for rounding. */
const spreadShareMin = 1e-9;

/** Least squares: slope and intercept act on the value, in its unit. */
export const regressionCorrection: TaskCorrection = {
  hasCovariates: false,
  apply: ({ slope, intercepts }, raw) => [(intercepts[0] ?? 0) + slope * (raw[0] ?? 0)],
  fit,
  curvatureAt: () => null,
  loss(scores, label) {
    const error = (scores[0] ?? 0) - label;
    return error * error;
  },
  lossSpan: () => 0,
  change: (before, after) => Math.abs((after[0] ?? 0) - (before[0] ?? 0)),
  stepMax,
};

/**
 * A third of the median error, or, where it is more, the error that three rows in four make in the same direction: a
 * stretch of fewer rows hardly widens the step, and a level that moved for all is followed at once. From the best
 * answers on, normal errors of deviation s allow a step of 0.22 s, and of 0.32 s while a quarter of the rows is a
 * burst: the mean squared error of the others rises by at most 11 %.
 */
function stepMax(labels: readonly number[], answers: readonly (readonly number[])[]): number {
  const errors = Float64Array.from(labels, (label, row) => label - (answers[row]?.[0] ?? 0)).sort();
  const sizes = errors.map(Math.abs).sort();
  return Math.max(percentile(sizes, 0.5) / 3, percentile(errors, 0.25), -percentile(errors, 0.75));
}

/**
 * Weighted least squares of the residual on the centred, scaled value, so that the ridge means the same in every unit.
 * A slope is believed as far as the values vary beside what is left to explain: of values that hardly do, only the
 * level is corrected.
 */
function fit({ labels, raw }: CalibrationRows, weights: Float64Array): Recalibration {
  const values = Float64Array.from(raw, (scores) => scores[0] ?? 0);
  const residuals = values.map((value, row) => (labels[row] ?? 0) - value);
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const [center, shift] = [meanOf(values, weights, total), meanOf(residuals, weights, total)];
  const spread = Math.sqrt(squaresOf(values, center, weights) / total);
  const left = Math.sqrt(squaresOf(residuals, shift, weights) / total);
  const isFlat = spread <= spreadShareMin * values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  // Residual against the uncorrected value: residual = shift + (slope - 1) * (raw - center).
  const believed = shift * (total / (total + ridgeRows));
  if (isFlat) return { slope: 1, intercepts: [believed] };
  let tilt = 0;
  residuals.forEach((residual, row) => (tilt += (weights[row] ?? 0) * residual * ((values[row] ?? 0) - center)));
  const ridge = ridgeRows * Math.max(1, (left / spread) ** 2);
  const slope = Math.min(Math.max(1 + tilt / (spread * spread * (total + ridge)), slopeRange[0]), slopeRange[1]);
  return { slope, intercepts: [believed + (1 - slope) * center] };
}

function meanOf(values: Float64Array, weights: Float64Array, total: number): number {
  return values.reduce((sum, value, row) => sum + (weights[row] ?? 0) * value, 0) / total;
}

function squaresOf(values: Float64Array, center: number, weights: Float64Array): number {
  return values.reduce((sum, value, row) => sum + (weights[row] ?? 0) * (value - center) * (value - center), 0);
}
