import { smoothedShares } from '../../numeric/class-shares.ts';
import { softplus } from '../../numeric/logistic.ts';
import { weightedMean } from '../../numeric/weights.ts';
import { sigmoids } from '../kernel/sigmoids.ts';
import { noScores, type ObjectiveOf } from './objective.ts';

/** Log loss of two classes; scores are log odds of the second one. */
export const logistic: ObjectiveOf = (labels, _classes, weights) => {
  const [negative = 0.5, positive = 0.5] = smoothedShares(labels, 2, weights);
  return {
    outputs: 1,
    base: [Math.fround(Math.log(positive / negative))],
    leafScale: 1,
    link: 'task',
    startRound: () => undefined,
    gradients(_output, [scores = noScores], { gradient, hessian }) {
      sigmoids(scores, gradient);
      for (let i = 0; i < labels.length; i++) {
        const p = gradient[i] ?? 0;
        gradient[i] = p - (labels[i] ?? 0);
        hessian[i] = p * (1 - p);
      }
    },
    loss([scores = noScores], truth, counted) {
      const rows = truth.map((label, i) => softplus(label === 1 ? -(scores[i] ?? 0) : (scores[i] ?? 0)));
      return weightedMean(rows, counted);
    },
  };
};

/**
 * Log loss of more classes; scores are logits. Hessian factor K / (K − 1) as in Friedman 2001, section 4.6, so that
 * steps do not shrink with many classes.
 */
export const softmax: ObjectiveOf = (labels, classes, weights) => {
  const normaliser = new Float64Array(labels.length);
  const factor = classes / (classes - 1);
  return {
    outputs: classes,
    base: smoothedShares(labels, classes, weights).map((share) => Math.fround(Math.log(share))),
    leafScale: 1,
    link: 'task',
    startRound: (scores) => logSumExp(scores, normaliser),
    gradients(output, all, { gradient, hessian }) {
      const scores = all[output] ?? noScores;
      for (let i = 0; i < labels.length; i++) {
        const p = Math.exp((scores[i] ?? 0) - (normaliser[i] ?? 0));
        gradient[i] = p - (labels[i] === output ? 1 : 0);
        hessian[i] = Math.max(0, factor * p * (1 - p));
      }
    },
    loss(scores, truth, counted) {
      const sums = new Float64Array(truth.length);
      logSumExp(scores, sums);
      const rows = truth.map((label, i) => (sums[i] ?? 0) - (scores[label]?.[i] ?? 0));
      return weightedMean(rows, counted);
    },
  };
};

function logSumExp(scores: readonly Float64Array[], out: Float64Array): void {
  for (let i = 0; i < out.length; i++) {
    let max = -Infinity;
    for (const column of scores) max = Math.max(max, column[i] ?? 0);
    let sum = 0;
    for (const column of scores) sum += Math.exp((column[i] ?? 0) - max);
    out[i] = max + Math.log(sum);
  }
}
