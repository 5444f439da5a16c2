import type { Signature } from '../../domain/spec/signature.ts';
import { logLossRows, mean, squaredErrorRows } from '../../statistics/losses.ts';
import type { RowRange } from '../interface.ts';

/** Mean log loss, or rmse for regression, of predictions for `range`; `labels` are those of the whole table. */
export function validationLossOf(
  signature: Signature,
  predictions: Float64Array,
  labels: Float64Array,
  range: RowRange,
): number {
  const own = labels.subarray(range.from, range.to);
  if (signature.task === 'regression') return Math.sqrt(mean(squaredErrorRows(predictions, own)));
  return mean(logLossRows(predictions, signature.classes.length, own));
}
