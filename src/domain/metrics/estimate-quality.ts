import { expectedMetrics, type UnlabelledAnswers } from './expected.ts';
import { metricNames } from './metrics.ts';

/**
 * What the probabilities alone lead one to expect, if they are calibrated: each row is right with the probability that
 * its answer was given (confidence-based performance estimation: Guillory et al. 2021, "Predicting with Confidence on
 * Unseen Distributions"; as expected confusion matrix, NannyML's CBPE). Blind to a change of the relation between
 * inputs and labels, which only labels show. Means per row; empty for no rows.
 */
export function estimateQuality(answers: UnlabelledAnswers): Readonly<Record<string, number>> {
  const estimated: Record<string, number> = {};
  if (answers.decisions.length === 0 || answers.classCount < 2) return estimated;
  for (const name of metricNames()) {
    const value = expectedMetrics[name]?.(answers) ?? null;
    if (value !== null) estimated[name] = value;
  }
  return estimated;
}
