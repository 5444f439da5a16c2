import { newton } from '../../../statistics/numeric/newton.ts';
import {
  bounded,
  classCorrection,
  covariateRidgeRows,
  newtonStepsMax,
  probabilityFloor,
  ridgeRows,
} from '../recalibration.ts';
import type { CalibrationRows, EarlierRows, FitFrom, Recalibration, TaskCorrection } from '../task.ts';

/** Platt scaling (Platt 1999): slope and intercept act on the logit of the positive class, to which covariates add. */
export const binaryCorrection: TaskCorrection = {
  ...classCorrection,
  hasCovariates: true,
  apply({ slope, intercepts, weights }, raw, covariates) {
    let logOdds = (intercepts[0] ?? 0) + slope * logit(raw[1] ?? 0.5);
    if (weights !== undefined && covariates !== undefined)
      for (let k = 0; k < weights.length; k++) logOdds += (weights[k] ?? 0) * (covariates[k] ?? 0);
    const positive = sigmoid(logOdds);
    return [1 - positive, positive];
  },
  fit,
  curvatureAt,
};

export function logit(probability: number): number {
  const clipped = Math.min(Math.max(probability, probabilityFloor), 1 - probabilityFloor);
  return Math.log(clipped / (1 - clipped));
}

export function sigmoid(x: number): number {
  return 1 / (1 + Math.exp(-x));
}

/**
 * Newton steps on (intercept, slope, a weight per covariate). Plain loops: it is fitted two dozen times when answers
 * are corrected anew.
 */
function fit(rows: CalibrationRows, weights: Float64Array, { start, earlier }: FitFrom = {}): Recalibration {
  const design = designOf(rows);
  const pulls = pullsOf(design.width, earlier);
  const [a = 0, b = 1, ...others] = newton(
    coefficientsOf(start ?? earlier?.at, design.width),
    (at) => lossAt(at, design, weights) + pulls.reduce((sum, pull) => sum + pullAt(at, pull), 0),
    (at) => {
      const derivatives = derivativesAt(at, design, weights);
      for (const pull of pulls) addPull(derivatives, at, pull);
      return derivatives;
    },
    newtonStepsMax,
  );
  return bounded(b, [a], others);
}

function curvatureAt(rows: CalibrationRows, weights: Float64Array, at: Recalibration): readonly (readonly number[])[] {
  const design = designOf(rows);
  return derivativesAt(coefficientsOf(at, design.width), design, weights).hessian;
}

/** Rows of (1, logit, covariates …), row-major. */
interface Design {
  readonly width: number;
  readonly x: Float64Array;
  readonly positive: Float64Array;
}

function designOf({ labels, raw, covariates }: CalibrationRows): Design {
  const others = covariates?.width ?? 0;
  const width = 2 + others;
  const x = new Float64Array(labels.length * width);
  raw.forEach((scores, row) => {
    const at = row * width;
    x[at] = 1;
    x[at + 1] = logit(scores[1] ?? 0.5);
    for (let k = 0; k < others; k++) x[at + 2 + k] = covariates?.values[row * others + k] ?? 0;
  });
  return { width, x, positive: Float64Array.from(labels, (label) => (label === 1 ? 1 : 0)) };
}

function coefficientsOf(by: Recalibration | undefined, width: number): readonly number[] {
  return Array.from({ length: width }, (_, k) => {
    if (k === 0) return by?.intercepts[0] ?? 0;
    return k === 1 ? (by?.slope ?? 1) : (by?.weights?.[k - 2] ?? 0);
  });
}

/** Half a quadratic form around a point. */
interface Pull {
  readonly to: readonly number[];
  readonly curvature: readonly (readonly number[])[];
  readonly weight: number;
}

/** Towards leaving answers alone, and towards what earlier rows said. */
function pullsOf(width: number, earlier: EarlierRows | undefined): readonly Pull[] {
  const ridge = Array.from({ length: width }, (_, i) =>
    Array.from({ length: width }, (__, j) => (i !== j ? 0 : i < 2 ? ridgeRows : covariateRidgeRows)),
  );
  const alone = { to: coefficientsOf(undefined, width), curvature: ridge, weight: 1 };
  if (earlier?.curvature.length !== width) return [alone];
  const { at, curvature, weight } = earlier;
  return [alone, { to: coefficientsOf(at, width), curvature, weight }];
}

function pullAt(at: readonly number[], { to, curvature, weight }: Pull): number {
  const off = at.map((value, k) => value - (to[k] ?? 0));
  const form = curvature.reduce((sum, row, i) => sum + (off[i] ?? 0) * dotOf(row, off), 0);
  return 0.5 * weight * form;
}

function addPull({ gradient, hessian }: Derivatives, at: readonly number[], { to, curvature, weight }: Pull): void {
  const off = at.map((value, k) => value - (to[k] ?? 0));
  curvature.forEach((row, i) => {
    gradient[i] = (gradient[i] ?? 0) + weight * dotOf(row, off);
    const ofRow = hessian[i] ?? [];
    row.forEach((value, j) => (ofRow[j] = (ofRow[j] ?? 0) + weight * value));
  });
}

function dotOf(one: readonly number[], other: readonly number[]): number {
  return one.reduce((sum, value, k) => sum + value * (other[k] ?? 0), 0);
}

function lossAt(at: readonly number[], { width, x, positive }: Design, weights: Float64Array): number {
  let sum = 0;
  for (let row = 0; row < positive.length; row++) {
    const logOdds = logOddsOf(at, x, row * width, width);
    const margin = positive[row] === 1 ? logOdds : -logOdds;
    sum += (weights[row] ?? 0) * (Math.log1p(Math.exp(-Math.abs(margin))) + Math.max(0, -margin));
  }
  return sum;
}

interface Derivatives {
  readonly gradient: number[];
  readonly hessian: number[][];
}

function derivativesAt(at: readonly number[], { width, x, positive }: Design, weights: Float64Array): Derivatives {
  const gradient = new Array<number>(width).fill(0);
  const half = new Float64Array(width * width);
  for (let row = 0; row < positive.length; row++) {
    const from = row * width;
    const p = sigmoid(logOddsOf(at, x, from, width));
    const weight = weights[row] ?? 0;
    const residual = weight * (p - (positive[row] ?? 0));
    const curvature = weight * p * (1 - p);
    for (let i = 0; i < width; i++) {
      const xi = x[from + i] ?? 0;
      gradient[i] = (gradient[i] ?? 0) + residual * xi;
      for (let j = 0; j <= i; j++)
        half[i * width + j] = (half[i * width + j] ?? 0) + curvature * xi * (x[from + j] ?? 0);
    }
  }
  const hessian = Array.from({ length: width }, (_, i) =>
    Array.from({ length: width }, (__, j) => half[Math.max(i, j) * width + Math.min(i, j)] ?? 0),
  );
  return { gradient, hessian };
}

function logOddsOf(at: readonly number[], x: Float64Array, from: number, width: number): number {
  let sum = 0;
  for (let k = 0; k < width; k++) sum += (at[k] ?? 0) * (x[from + k] ?? 0);
  return sum;
}
