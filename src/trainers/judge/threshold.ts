import { gainsOf, type Gains } from '../../domain/metrics/gains.ts';
import { positiveScores } from '../../domain/metrics/scored-rows.ts';
import type { ModelSpec } from '../../domain/spec/spec.ts';
import { taskOf } from '../../domain/tasks/task-of.ts';
import { valueOptimalThreshold } from '../../statistics/samples/threshold.ts';
import type { RowRange } from '../interface.ts';
import type { TrainingTable } from '../prepare/table.ts';

/** Gains of rows [from, to) in money; null without a value declaration. */
export function gainsIn(
  spec: Pick<ModelSpec, 'value' | 'target'>,
  table: TrainingTable,
  { from, to }: RowRange,
): Gains | null {
  if (spec.value === null || !taskOf(spec.target.task).hasPositive) return null;
  return gainsOf(spec.value, table.labels.subarray(from, to), (name) => table.amounts.get(name)?.subarray(from, to));
}

/**
 * Where "positive" begins. With a value declaration: the value-optimal point on validation rows. Without one even odds,
 * which is accuracy-optimal for calibrated probabilities; a threshold tuned on a few validation rows would only fit
 * their noise. Null for a task without a threshold. `predictions` are the trainer's own, of the validation rows.
 */
export function chooseThreshold(
  spec: ModelSpec,
  table: TrainingTable,
  predictions: Float64Array,
  validation: RowRange,
): number | null {
  const { defaultThreshold } = taskOf(spec.target.task);
  if (defaultThreshold === null) return null;
  const gains = gainsIn(spec, table, validation);
  if (gains === null) return defaultThreshold;
  const scores = positiveScores(predictions);
  const { threshold } = valueOptimalThreshold(scores, gains.yes, gains.no);
  return Math.min(1, Math.max(0, threshold));
}
