import { metricOf } from '../../../domain/metrics/metric-of.ts';
import { usualMetrics } from '../../../domain/metrics/usual-metrics.ts';
import type { Signature } from '../../../domain/spec/signature.ts';
import type { TaskName } from '../../../domain/spec/spec.ts';
import { logLossRows, squaredErrorRows } from '../../../statistics/samples/losses.ts';
import type { FitRequest, RowRange } from '../../interface.ts';
import { declaredLossRows, type LossSettings } from './regression-loss.ts';
import { weightedMean } from './weights.ts';

/**
 * The loss of the task, or that which is declared, over predictions for `range` of a request, by the weights of those
 * rows where there are any.
 */
export function validationLossOf(
  { task, classes }: Signature,
  predictions: Float64Array,
  { labels: all, weights }: Pick<FitRequest<unknown>, 'labels' | 'weights'>,
  { from, to }: RowRange,
  settings: LossSettings = {},
): number {
  const labels = all.subarray(from, to);
  const declared = declaredLossRows(settings);
  if (declared !== null) return weightedMean(declared(predictions, labels), weights?.subarray(from, to) ?? null);
  if (weights !== null) return weighted[task](predictions, classes.length, labels, weights.subarray(from, to));
  const rows = { task, classes, scores: predictions, labels, threshold: null };
  return metricOf(usualMetrics[task].loss, rows)() ?? Number.NaN;
}

type WeightedLoss = (scores: Float64Array, classes: number, labels: Float64Array, weights: Float64Array) => number;

const logLoss: WeightedLoss = (scores, classes, labels, weights) =>
  weightedMean(logLossRows(scores, classes, labels), weights);

const weighted: Record<TaskName, WeightedLoss> = {
  binary: logLoss,
  multiclass: logLoss,
  regression: (scores, _classes, labels, weights) => Math.sqrt(weightedMean(squaredErrorRows(scores, labels), weights)),
};
