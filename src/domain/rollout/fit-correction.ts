import { solveSymmetric } from '../../statistics/solve.ts';
import { applyCorrection, logit, probabilityFloor, type Correction } from './correction.ts';
import { sayMany, sayNumber } from '../words/say.ts';
import type { CorrectionSpec, Task } from '../spec/spec.ts';

export interface LabelledScores {
  readonly task: Task;
  /** Class index in signature order, or the value; oldest first. */
  readonly labels: readonly number[];
  /** What the model said, uncorrected. */
  readonly raw: readonly (readonly number[])[];
}

export interface CorrectionJudgement {
  readonly verdict: 'identity' | 'kept' | 'fitted';
  readonly correction: Correction | null;
  readonly rows: number;
  /** Mean loss on the youngest fifth, which the candidate had not seen. */
  readonly losses: { readonly identity: number; readonly current: number; readonly candidate: number } | null;
  readonly text: string;
}

/** Prior weight, in rows, that pulls towards leaving the answers alone. */
const ridgeRows = 5;
const slopeRange = [0.05, 3] as const;
const interceptMax = 6;
const newtonStepsMax = 30;
const holdBackShare = 0.2;

/**
 * Ridge-penalised Platt scaling (Platt 1999; vector scaling for several classes, least squares for a value) around the
 * identity, with weights that halve every `halfLifeRows`. It is taken only if, fitted without the youngest fifth, it is
 * no worse there than what answers now; then it is fitted again on all rows.
 */
export function fitCorrection(
  given: LabelledScores,
  current: Correction | null,
  spec: CorrectionSpec,
): CorrectionJudgement {
  const rows = recent(given, spec.rowsMax);
  const count = rows.labels.length;
  if (count < spec.labelledRowsMin) {
    return {
      verdict: 'kept',
      correction: current,
      rows: count,
      losses: null,
      text: `Not corrected anew: ${sayMany(count, 'labelled row')} are in, ${spec.labelledRowsMin} are needed.`,
    };
  }
  const cut = Math.max(1, Math.floor(count * (1 - holdBackShare)));
  const trial = recalibrate(sliceRows(rows, 0, cut), spec.halfLifeRows);
  const youngest = sliceRows(rows, cut, count);
  const losses = {
    identity: meanLoss(youngest, null),
    current: meanLoss(youngest, current),
    candidate: meanLoss(youngest, trial),
  };
  const told =
    `on the youngest ${sayMany(count - cut, 'labelled row')} the loss is ${sayNumber(losses.identity)} ` +
    `uncorrected, ${sayNumber(losses.current)} as it answers now, ${sayNumber(losses.candidate)} with a new correction`;
  if (losses.candidate <= Math.min(losses.current, losses.identity)) {
    return {
      verdict: 'fitted',
      correction: recalibrate(rows, spec.halfLifeRows),
      rows: count,
      losses,
      text: `Corrected anew: ${told}.`,
    };
  }
  if (losses.identity <= losses.current)
    return { verdict: 'identity', correction: null, rows: count, losses, text: `Uncorrected: ${told}.` };
  return { verdict: 'kept', correction: current, rows: count, losses, text: `The correction stays: ${told}.` };
}

function recent(given: LabelledScores, rowsMax: number): LabelledScores {
  return sliceRows(given, Math.max(0, given.labels.length - rowsMax), given.labels.length);
}

/** The rows from `from` to before `to`. */
export function sliceRows(given: LabelledScores, from: number, to: number): LabelledScores {
  return { task: given.task, labels: given.labels.slice(from, to), raw: given.raw.slice(from, to) };
}

/** Mean loss per row: log loss in nats (clipped at the probability floor), or the squared error. */
function meanLoss({ task, labels, raw }: LabelledScores, correction: Correction | null): number {
  let sum = 0;
  labels.forEach((label, row) => {
    const scores = correction === null ? (raw[row] ?? []) : applyCorrection(correction, raw[row] ?? []);
    const error = (scores[0] ?? 0) - label;
    sum += task === 'regression' ? error * error : -Math.log(Math.max(scores[label] ?? 0, probabilityFloor));
  });
  return labels.length === 0 ? 0 : sum / labels.length;
}

function weightsOf(count: number, halfLifeRows: number): Float64Array {
  return Float64Array.from({ length: count }, (_, row) => Math.exp((-Math.LN2 * (count - 1 - row)) / halfLifeRows));
}

/** A correction fitted on all of these rows, whether it does any good or not. */
export function recalibrate(rows: LabelledScores, halfLifeRows: number): Correction {
  const weights = weightsOf(rows.labels.length, halfLifeRows);
  if (rows.task === 'regression') return fitValue(rows, weights);
  return rows.task === 'binary' ? fitBinary(rows, weights) : fitClasses(rows, weights);
}

function bounded(task: Task, slope: number, intercepts: readonly number[], interceptLimit = interceptMax): Correction {
  const clamp = (value: number, low: number, high: number): number =>
    Number.isFinite(value) ? Math.min(Math.max(value, low), high) : 0;
  return {
    formatVersion: 1,
    task,
    slope: clamp(slope, slopeRange[0], slopeRange[1]),
    intercepts: intercepts.map((value) => clamp(value, -interceptLimit, interceptLimit)),
  };
}

/** Newton steps on (intercept, slope) of the positive class. */
function fitBinary({ labels, raw }: LabelledScores, weights: Float64Array): Correction {
  const z = raw.map((scores) => logit(scores[1] ?? 0.5));
  const objective = ([a = 0, b = 1]: readonly number[]): number => {
    let sum = ridgeRows * 0.5 * (a * a + (b - 1) * (b - 1));
    labels.forEach((label, row) => {
      const margin = (label === 1 ? 1 : -1) * (a + b * (z[row] ?? 0));
      sum += (weights[row] ?? 0) * Math.log1p(Math.exp(-Math.abs(margin))) + (weights[row] ?? 0) * Math.max(0, -margin);
    });
    return sum;
  };
  const [a = 0, b = 1] = newton([0, 1], objective, ([at = 0, slope = 1]) => {
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
  });
  return bounded('binary', b, [a]);
}

/**
 * One shared slope and an intercept per class on log-probabilities; gradient with a diagonal Hessian is enough for this
 * few.
 */
function fitClasses({ labels, raw }: LabelledScores, weights: Float64Array): Correction {
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
      const p = applyCorrection({ formatVersion: 1, task: 'multiclass', slope, intercepts }, raw[row] ?? []);
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
  return bounded('multiclass', slope, intercepts);
}

/** Weighted least squares on the centred, scaled value, so that the ridge means the same in every unit. */
function fitValue({ labels, raw }: LabelledScores, weights: Float64Array): Correction {
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
  return { formatVersion: 1, task: 'regression', slope, intercepts: [moved + (1 - slope) * mean] };
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

/** Damped: an undamped step diverges on separable rows. */
function newton(
  start: readonly number[],
  objective: (at: readonly number[]) => number,
  derivatives: (at: readonly number[]) => { gradient: number[]; hessian: number[][] },
): readonly number[] {
  let at = start;
  let value = objective(at);
  for (let step = 0; step < newtonStepsMax; step++) {
    const { gradient, hessian } = derivatives(at);
    const direction = solveSymmetric(hessian, gradient);
    let scale = 1;
    let next = at;
    let nextValue = value;
    for (; scale > 1e-4; scale /= 2) {
      next = at.map((x, i) => x - scale * (direction[i] ?? 0));
      nextValue = objective(next);
      if (nextValue < value) break;
    }
    if (!(nextValue < value) || value - nextValue < 1e-10 * Math.abs(value)) return nextValue < value ? next : at;
    at = next;
    value = nextValue;
  }
  return at;
}
