import { absoluteErrorRows } from '../../../../statistics/samples/losses.ts';
import { weightedMedian } from '../../numeric/weighted-quantile.ts';
import { weightedMean } from '../../numeric/weights.ts';
import { noScores, type ObjectiveOf } from './objective.ts';

/**
 * The mean absolute error; answers are medians. A gradient is a direction without a length, so that splits are found by
 * it and each leaf then takes the median of what its rows miss, as in Friedman 2001, section 4.3, and in LightGBM.
 */
export const absolute: ObjectiveOf = (labels, _classes, weights) => ({
  outputs: 1,
  base: [Math.fround(weightedMedian(labels, weights))],
  leafScale: 1,
  link: 'task',
  startRound: () => undefined,
  gradients(_output, [scores = noScores], { gradient, hessian }) {
    hessian.fill(1);
    for (let i = 0; i < labels.length; i++) gradient[i] = Math.sign((scores[i] ?? 0) - (labels[i] ?? 0));
  },
  loss: ([scores = noScores], truth, counted) => weightedMean(absoluteErrorRows(scores, truth), counted),
  renew: weightedMedian,
});
