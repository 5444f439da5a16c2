import { newton } from '../../../statistics/newton.ts';
import { bounded, flooredLogLoss, newtonStepsMax, probabilityFloor, ridgeRows } from '../recalibration.ts';
import type { CalibrationRows, Recalibration, TaskCorrection } from '../task.ts';

/** Platt scaling (Platt 1999): slope and intercept act on the logit of the positive class. */
export const binaryCorrection: TaskCorrection = {
  apply({ slope, intercepts }, raw) {
    const positive = sigmoid((intercepts[0] ?? 0) + slope * logit(raw[1] ?? 0.5));
    return [1 - positive, positive];
  },
  fit,
  loss: flooredLogLoss,
};

export function logit(probability: number): number {
  const clipped = Math.min(Math.max(probability, probabilityFloor), 1 - probabilityFloor);
  return Math.log(clipped / (1 - clipped));
}

export function sigmoid(x: number): number {
  return 1 / (1 + Math.exp(-x));
}

/** Newton steps on (intercept, slope). */
function fit({ labels, raw }: CalibrationRows, weights: Float64Array): Recalibration {
  const z = raw.map((scores) => logit(scores[1] ?? 0.5));
  const objective = ([a = 0, b = 1]: readonly number[]): number => {
    let sum = ridgeRows * 0.5 * (a * a + (b - 1) * (b - 1));
    labels.forEach((label, row) => {
      const margin = (label === 1 ? 1 : -1) * (a + b * (z[row] ?? 0));
      sum += (weights[row] ?? 0) * Math.log1p(Math.exp(-Math.abs(margin))) + (weights[row] ?? 0) * Math.max(0, -margin);
    });
    return sum;
  };
  const derivatives = ([at = 0, slope = 1]: readonly number[]) => {
    const gradient = [ridgeRows * at, ridgeRows * (slope - 1)];
    const hessian = [
      [ridgeRows, 0],
      [0, ridgeRows],
    ];
    labels.forEach((label, row) => {
      const x = [1, z[row] ?? 0];
      const p = 1 / (1 + Math.exp(-(at + slope * (z[row] ?? 0))));
      accumulate(gradient, hessian, x, (weights[row] ?? 0) * (p - label), (weights[row] ?? 0) * p * (1 - p));
    });
    return { gradient, hessian };
  };
  const [a = 0, b = 1] = newton([0, 1], objective, derivatives, newtonStepsMax);
  return bounded(b, [a]);
}

function accumulate(
  gradient: number[],
  hessian: number[][],
  x: readonly number[],
  slope: number,
  curvature: number,
): void {
  x.forEach((xi, i) => {
    gradient[i] = (gradient[i] ?? 0) + slope * xi;
    const row = hessian[i];
    if (row !== undefined) x.forEach((xj, j) => (row[j] = (row[j] ?? 0) + curvature * xi * xj));
  });
}
