import { pinballRows } from '../../../../statistics/samples/losses.ts';
import { weightedQuantile } from '../../numeric/weighted-quantile.ts';
import { weightedMean } from '../../numeric/weights.ts';
import { noScores, type ObjectiveOf } from './objective.ts';

/**
 * The mean pinball loss; answers are quantiles (0..1, both excluded). As for medians a gradient is a direction, and
 * each leaf takes the quantile of what its rows miss, as in LightGBM.
 */
export const quantileWith =
  (quantile: number): ObjectiveOf =>
  (labels, _classes, weights) => ({
    outputs: 1,
    base: [Math.fround(weightedQuantile(labels, weights, quantile))],
    leafScale: 1,
    link: 'task',
    startRound: () => undefined,
    gradients(_output, [scores = noScores], { gradient, hessian }) {
      hessian.fill(1);
      for (let i = 0; i < labels.length; i++)
        gradient[i] = (scores[i] ?? 0) >= (labels[i] ?? 0) ? 1 - quantile : -quantile;
    },
    loss: ([scores = noScores], truth, counted) => weightedMean(pinballRows(scores, truth, quantile), counted),
    renew: (missed, counted) => weightedQuantile(missed, counted, quantile),
  });
