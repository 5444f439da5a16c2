import { huberLocation } from '../../numeric/huber-location.ts';
import { huberRows } from '../../numeric/regression-loss.ts';
import { weightedMean } from '../../numeric/weights.ts';
import { noScores, type ObjectiveOf } from './objective.ts';

/**
 * The mean loss of Huber; answers are means that far rows hardly move. Gradients in units of `delta`, curvature 1 as in
 * LightGBM: a tree moves an answer by `delta` times the learning rate at most, and no row pulls harder than another
 * beyond it.
 */
export const huberWith =
  (delta: number): ObjectiveOf =>
  (labels, _classes, weights) => ({
    outputs: 1,
    base: [Math.fround(huberLocation(labels, weights, delta))],
    leafScale: delta,
    link: 'task',
    startRound: () => undefined,
    gradients(_output, [scores = noScores], { gradient, hessian }) {
      hessian.fill(1);
      for (let i = 0; i < labels.length; i++)
        gradient[i] = Math.max(-1, Math.min(1, ((scores[i] ?? 0) - (labels[i] ?? 0)) / delta));
    },
    loss: ([scores = noScores], truth, counted) => weightedMean(huberRows(delta)(scores, truth), counted),
  });
