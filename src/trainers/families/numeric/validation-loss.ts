import { metricOf } from '../../../domain/metrics/metric-of.ts';
import { usualMetrics } from '../../../domain/metrics/usual-metrics.ts';
import type { Signature } from '../../../domain/spec/signature.ts';
import type { RowRange } from '../../interface.ts';

/** The loss of the task over predictions for `range`; `labels` are those of the whole table. */
export function validationLossOf(
  { task, classes }: Signature,
  predictions: Float64Array,
  labels: Float64Array,
  range: RowRange,
): number {
  const rows = { task, classes, scores: predictions, labels: labels.subarray(range.from, range.to), threshold: null };
  return metricOf(usualMetrics[task].loss, rows)() ?? Number.NaN;
}
