import type { Recalibration, TaskCorrection } from './task.ts';

/** Prior weight, in rows, that pulls towards leaving the answers alone. */
export const ridgeRows = 5;
export const slopeRange = [0.05, 3] as const;
export const interceptMax = 6;
export const newtonStepsMax = 30;

/**
 * Logits are clipped at these probabilities: beyond them a model's confidence says more about the model than about the
 * row.
 */
export const probabilityFloor = 0.003;

/** Log loss in nats, clipped at the probability floor. */
function flooredLogLoss(scores: readonly number[], label: number): number {
  return -Math.log(Math.max(scores[label] ?? 0, probabilityFloor));
}

/** Log-odds by which one refit may move the answers, as a root mean square. */
const classStepMax = 0.75;

/** Of every task whose answers are classes. */
export const classCorrection: Pick<TaskCorrection, 'loss' | 'lossSpan' | 'change' | 'stepMax'> = {
  loss: flooredLogLoss,
  lossSpan: (one, other) => Math.max(...one.map((_, k) => Math.abs(flooredLogLoss(one, k) - flooredLogLoss(other, k)))),
  change(before, after) {
    const moves = before.map((score, k) => logOf(after[k] ?? 0) - logOf(score));
    return Math.max(...moves) - Math.min(...moves);
  },
  stepMax: () => classStepMax,
};

function logOf(score: number): number {
  return Math.log(Math.max(score, 1e-12));
}

/** Prior weight, in rows, that keeps a covariate (of deviation 1) out. */
export const covariateRidgeRows = 50;
const covariateWeightMax = 2;

/** Least and most of each coefficient: intercept, slope, and one weight per covariate. */
export function limitsOf(place: number): readonly [number, number] {
  if (place === 1) return slopeRange;
  return place === 0 ? [-interceptMax, interceptMax] : [-covariateWeightMax, covariateWeightMax];
}

/** Nothing that is fitted may turn the answers round or far away. */
export function bounded(slope: number, intercepts: readonly number[], weights: readonly number[] = []): Recalibration {
  return {
    slope: clamp(slope, slopeRange[0], slopeRange[1]),
    intercepts: intercepts.map((value) => clamp(value, -interceptMax, interceptMax)),
    ...(weights.length === 0
      ? {}
      : { weights: weights.map((value) => clamp(value, -covariateWeightMax, covariateWeightMax)) }),
  };
}

function clamp(value: number, low: number, high: number): number {
  return Number.isFinite(value) ? Math.min(Math.max(value, low), high) : 0;
}
