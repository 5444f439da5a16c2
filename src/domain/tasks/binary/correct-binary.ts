import { newton } from '../../../statistics/numeric/newton.ts';
import { bounded, classCorrection, newtonStepsMax, probabilityFloor, ridgeRows } from '../recalibration.ts';
import type { CalibrationRows, Recalibration, TaskCorrection } from '../task.ts';

/** Platt scaling (Platt 1999): slope and intercept act on the logit of the positive class. */
export const binaryCorrection: TaskCorrection = {
  ...classCorrection,
  apply({ slope, intercepts }, raw) {
    const positive = sigmoid((intercepts[0] ?? 0) + slope * logit(raw[1] ?? 0.5));
    return [1 - positive, positive];
  },
  fit,
};

export function logit(probability: number): number {
  const clipped = Math.min(Math.max(probability, probabilityFloor), 1 - probabilityFloor);
  return Math.log(clipped / (1 - clipped));
}

export function sigmoid(x: number): number {
  return 1 / (1 + Math.exp(-x));
}

/** Newton steps on (intercept, slope). Plain loops: it is fitted two dozen times when a window closes. */
function fit({ labels, raw }: CalibrationRows, weights: Float64Array): Recalibration {
  const z = Float64Array.from(raw, (scores) => logit(scores[1] ?? 0.5));
  const positive = Float64Array.from(labels, (label) => (label === 1 ? 1 : 0));
  const objective = ([a = 0, b = 1]: readonly number[]): number => {
    let sum = ridgeRows * 0.5 * (a * a + (b - 1) * (b - 1));
    for (let row = 0; row < z.length; row++) {
      const x = a + b * (z[row] ?? 0);
      const margin = positive[row] === 1 ? x : -x;
      sum += (weights[row] ?? 0) * (Math.log1p(Math.exp(-Math.abs(margin))) + Math.max(0, -margin));
    }
    return sum;
  };
  const [a = 0, b = 1] = newton([0, 1], objective, (at) => derivatives(at, z, positive, weights), newtonStepsMax);
  return bounded(b, [a]);
}

function derivatives(
  [a = 0, b = 1]: readonly number[],
  z: Float64Array,
  positive: Float64Array,
  weights: Float64Array,
) {
  let [ofA, ofB] = [ridgeRows * a, ridgeRows * (b - 1)];
  let [aa, ab, bb] = [ridgeRows, 0, ridgeRows];
  for (let row = 0; row < z.length; row++) {
    const x = z[row] ?? 0;
    const weight = weights[row] ?? 0;
    const p = sigmoid(a + b * x);
    const residual = weight * (p - (positive[row] ?? 0));
    const curvature = weight * p * (1 - p);
    ofA += residual;
    ofB += residual * x;
    aa += curvature;
    ab += curvature * x;
    bb += curvature * x * x;
  }
  return {
    gradient: [ofA, ofB],
    hessian: [
      [aa, ab],
      [ab, bb],
    ],
  };
}
