import { poissonRows } from '../../numeric/regression-loss.ts';
import { totalWeight, weightedMean } from '../../numeric/weights.ts';
import { noScores, type ObjectiveOf } from './objective.ts';

/** Curvature is taken this far ahead of the score, so that a step into rare rows stays short (LightGBM's default). */
const stepGuard = 0.7;
/** Of rows that all count nothing, half an event: a logarithm of 0 would be no answer. */
const eventsMin = 0.5;

/**
 * Half the mean deviance of counts, or other amounts from 0 up, whose spread grows with their mean; answers are means,
 * scores their logarithms.
 */
export const poisson: ObjectiveOf = (labels, _classes, weights) => {
  const total = totalWeight(weights, labels.length);
  const events = weightedMean(labels, weights) * total;
  return {
    outputs: 1,
    base: [Math.fround(Math.log((events > 0 ? events : eventsMin) / total))],
    leafScale: 1,
    link: 'log',
    startRound: () => undefined,
    gradients(_output, [scores = noScores], { gradient, hessian }) {
      for (let i = 0; i < labels.length; i++) {
        const score = scores[i] ?? 0;
        gradient[i] = Math.exp(score) - (labels[i] ?? 0);
        hessian[i] = Math.exp(score + stepGuard);
      }
    },
    loss: ([scores = noScores], truth, counted) => weightedMean(poissonRows(scores.map(Math.exp), truth), counted),
  };
};
