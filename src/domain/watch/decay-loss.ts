import { probabilityMin } from '../../statistics/samples/losses.ts';
import type { TargetSpec } from '../spec/spec.ts';
import { taskOf } from '../tasks/task-of.ts';

/** Where probabilities were clipped when this was not yet said with the losses that were kept. */
export const unsaidProbabilityMin = 0.01;

/**
 * Loss of one row, by which decay is judged: smaller is better. Log loss as everywhere, clipped at 0.001, unless it is
 * to be held against losses that were clipped elsewhere. A label that is null is none of the task.
 */
export function decayLoss(
  { task }: TargetSpec,
  scores: readonly number[],
  label: number | null,
  clipAt: number = probabilityMin,
): number {
  return taskOf(task).loss.ofRow(scores, label ?? Number.NaN, clipAt);
}
