import type { TaskName } from '../../../domain/spec/spec.ts';
import { smoothedShares } from '../numeric/class-shares.ts';
import { softplus } from '../numeric/logistic.ts';
import type { Gradients } from './histogram.ts';
import { sigmoids } from './kernel/sigmoids.ts';
import { spreadOf } from '../numeric/spread-of.ts';

/**
 * What boosting needs to know about a task. `scores` holds one array per output (1, or one per class), in logits or in
 * the label's own unit.
 */
export interface Objective {
  readonly outputs: number;
  /** Scores before the first tree: log odds, log shares, or the mean. */
  readonly base: readonly number[];
  /** Multiplies leaf values: the standard deviation of the label for regression, else 1. */
  readonly leafScale: number;
  /** Called once per round, before the gradients of its outputs. */
  startRound(scores: readonly Float64Array[]): void;
  gradients(output: number, scores: readonly Float64Array[], into: Gradients): void;
  /** Mean log loss, or root mean squared error. */
  loss(scores: readonly Float64Array[], labels: Float64Array): number;
}

/** What boosting minimises, by what is predicted. */
export const objectives: Record<TaskName, (labels: Float64Array, classes: number) => Objective> = {
  binary: logistic,
  multiclass: softmax,
  regression: squared,
};

function logistic(labels: Float64Array): Objective {
  const [negative = 0.5, positive = 0.5] = smoothedShares(labels, 2);
  return {
    outputs: 1,
    base: [Math.fround(Math.log(positive / negative))],
    leafScale: 1,
    startRound: () => undefined,
    gradients(_output, [scores = new Float64Array(0)], { gradient, hessian }) {
      sigmoids(scores, gradient);
      for (let i = 0; i < labels.length; i++) {
        const p = gradient[i] ?? 0;
        gradient[i] = p - (labels[i] ?? 0);
        hessian[i] = p * (1 - p);
      }
    },
    loss([scores = new Float64Array(0)], truth) {
      let sum = 0;
      for (let i = 0; i < truth.length; i++) sum += softplus(truth[i] === 1 ? -(scores[i] ?? 0) : (scores[i] ?? 0));
      return sum / truth.length;
    },
  };
}

/** Hessian factor K / (K − 1) as in Friedman 2001, section 4.6, so that steps do not shrink with many classes. */
function softmax(labels: Float64Array, classes: number): Objective {
  const normaliser = new Float64Array(labels.length);
  const factor = classes / (classes - 1);
  return {
    outputs: classes,
    base: smoothedShares(labels, classes).map((share) => Math.fround(Math.log(share))),
    leafScale: 1,
    startRound: (scores) => logSumExp(scores, normaliser),
    gradients(output, all, { gradient, hessian }) {
      const scores = all[output] ?? new Float64Array(0);
      for (let i = 0; i < labels.length; i++) {
        const p = Math.exp((scores[i] ?? 0) - (normaliser[i] ?? 0));
        gradient[i] = p - (labels[i] === output ? 1 : 0);
        hessian[i] = Math.max(0, factor * p * (1 - p));
      }
    },
    loss(scores, truth) {
      const sums = new Float64Array(truth.length);
      logSumExp(scores, sums);
      let total = 0;
      for (let i = 0; i < truth.length; i++) total += (sums[i] ?? 0) - (scores[truth[i] ?? 0]?.[i] ?? 0);
      return total / truth.length;
    },
  };
}

function logSumExp(scores: readonly Float64Array[], out: Float64Array): void {
  for (let i = 0; i < out.length; i++) {
    let max = -Infinity;
    for (const column of scores) max = Math.max(max, column[i] ?? 0);
    let sum = 0;
    for (const column of scores) sum += Math.exp((column[i] ?? 0) - max);
    out[i] = max + Math.log(sum);
  }
}

/** Gradients in units of the label's standard deviation, so that fixed-point steps and leaf bounds fit any unit. */
function squared(labels: Float64Array): Objective {
  const { mean, scale } = spreadOf(labels);
  return {
    outputs: 1,
    base: [Math.fround(mean)],
    leafScale: scale,
    startRound: () => undefined,
    gradients(_output, [scores = new Float64Array(0)], { gradient, hessian }) {
      hessian.fill(1);
      for (let i = 0; i < labels.length; i++) gradient[i] = ((scores[i] ?? 0) - (labels[i] ?? 0)) / scale;
    },
    loss([scores = new Float64Array(0)], truth) {
      let total = 0;
      for (let i = 0; i < truth.length; i++)
        total += ((scores[i] ?? 0) - (truth[i] ?? 0)) * ((scores[i] ?? 0) - (truth[i] ?? 0));
      return Math.sqrt(total / truth.length);
    },
  };
}
