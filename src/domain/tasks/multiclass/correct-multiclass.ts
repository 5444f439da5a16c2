import { bounded, classCorrection, newtonStepsMax, probabilityFloor, ridgeRows } from '../recalibration.ts';
import type { CalibrationRows, Recalibration, TaskCorrection } from '../task.ts';

/** Vector scaling with one shared slope: slope and an intercept per class act on log-probabilities. */
export const multiclassCorrection: TaskCorrection = {
  ...classCorrection,
  hasCovariates: false,
  apply,
  fit,
  curvatureAt: () => null,
};

function apply({ slope, intercepts }: Recalibration, raw: readonly number[]): readonly number[] {
  return softmax(
    raw.map((probability, k) => (intercepts[k] ?? 0) + slope * Math.log(Math.max(probability, probabilityFloor))),
  );
}

function softmax(logits: readonly number[]): readonly number[] {
  const top = Math.max(...logits);
  const weights = logits.map((value) => Math.exp(value - top));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return weights.map((weight) => weight / total);
}

/** Gradient with a diagonal Hessian is enough for this few. */
function fit({ labels, raw }: CalibrationRows, weights: Float64Array): Recalibration {
  const classes = raw[0]?.length ?? 0;
  const logs = raw.map((scores) => scores.map((score) => Math.log(Math.max(score, probabilityFloor))));
  let slope = 1;
  let intercepts = new Array<number>(classes).fill(0);
  for (let step = 0; step < newtonStepsMax; step++) {
    const gradient = intercepts.map((value) => ridgeRows * value);
    const curvature = new Array<number>(classes).fill(ridgeRows);
    let slopeGradient = ridgeRows * (slope - 1);
    let slopeCurvature = ridgeRows;
    labels.forEach((label, row) => {
      const log = logs[row] ?? [];
      const weight = weights[row] ?? 0;
      const p = apply({ slope, intercepts }, raw[row] ?? []);
      const mean = p.reduce((sum, value, k) => sum + value * (log[k] ?? 0), 0);
      p.forEach((value, k) => {
        gradient[k] = (gradient[k] ?? 0) + weight * (value - (k === label ? 1 : 0));
        curvature[k] = (curvature[k] ?? 0) + weight * value * (1 - value);
        slopeCurvature += weight * value * ((log[k] ?? 0) - mean) * ((log[k] ?? 0) - mean);
      });
      slopeGradient += weight * (mean - (log[label] ?? 0));
    });
    intercepts = intercepts.map((value, k) => value - (0.5 * (gradient[k] ?? 0)) / (curvature[k] ?? 1));
    slope -= (0.5 * slopeGradient) / slopeCurvature;
  }
  return bounded(slope, intercepts);
}
