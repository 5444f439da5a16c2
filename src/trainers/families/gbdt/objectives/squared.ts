import { spreadOf } from '../../numeric/spread-of.ts';
import { weightedMean } from '../../numeric/weights.ts';
import { noScores, type ObjectiveOf } from './objective.ts';

/**
 * The root of the mean squared error; answers are means. Gradients in units of the label's standard deviation, so that
 * fixed-point steps and leaf bounds fit any unit.
 */
export const squared: ObjectiveOf = (labels, _classes, weights) => {
  const { mean, scale } = spreadOf(labels, weights);
  return {
    outputs: 1,
    base: [Math.fround(mean)],
    leafScale: scale,
    link: 'task',
    startRound: () => undefined,
    gradients(_output, [scores = noScores], { gradient, hessian }) {
      hessian.fill(1);
      for (let i = 0; i < labels.length; i++) gradient[i] = ((scores[i] ?? 0) - (labels[i] ?? 0)) / scale;
    },
    loss([scores = noScores], truth, counted) {
      const rows = truth.map((label, i) => ((scores[i] ?? 0) - label) * ((scores[i] ?? 0) - label));
      return Math.sqrt(weightedMean(rows, counted));
    },
  };
};
