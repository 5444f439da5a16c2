import { interceptMax, ridgeRows, slopeRange } from '../recalibration.ts';
import type { CalibrationRows, Recalibration, TaskCorrection } from '../task.ts';

/** Least squares: slope and intercept act on the value, in its unit. */
export const regressionCorrection: TaskCorrection = {
  apply: ({ slope, intercepts }, raw) => [(intercepts[0] ?? 0) + slope * (raw[0] ?? 0)],
  fit,
  loss(scores, label) {
    const error = (scores[0] ?? 0) - label;
    return error * error;
  },
};

/** Weighted least squares on the centred, scaled value, so that the ridge means the same in every unit. */
function fit({ labels, raw }: CalibrationRows, weights: Float64Array): Recalibration {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const mean = raw.reduce((sum, scores, row) => sum + (weights[row] ?? 0) * (scores[0] ?? 0), 0) / total;
  const spread =
    Math.sqrt(
      raw.reduce(
        (sum, scores, row) => sum + (weights[row] ?? 0) * ((scores[0] ?? 0) - mean) * ((scores[0] ?? 0) - mean),
        0,
      ) / total,
    ) || 1;
  // Residual against the uncorrected value: residual = shift + (slope - 1) * (raw - mean).
  let shift = 0;
  let tilt = 0;
  let square = 0;
  raw.forEach((scores, row) => {
    const x = ((scores[0] ?? 0) - mean) / spread;
    const residual = ((labels[row] ?? 0) - (scores[0] ?? 0)) / spread;
    shift += (weights[row] ?? 0) * residual;
    tilt += (weights[row] ?? 0) * residual * x;
    square += (weights[row] ?? 0) * x * x;
  });
  const slope = Math.min(Math.max(1 + tilt / (square + ridgeRows), slopeRange[0]), slopeRange[1]);
  const moved = Math.min(Math.max(shift / (total + ridgeRows), -interceptMax), interceptMax) * spread;
  return { slope, intercepts: [moved + (1 - slope) * mean] };
}
