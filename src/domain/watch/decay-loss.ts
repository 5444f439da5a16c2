import type { TargetSpec } from '../spec/spec.ts';
import { taskOf } from '../tasks/task-of.ts';

/** A single confident error must not drown a block's mean: probabilities are clipped here, and only for decay. */
const probabilityMin = 0.01;

/** Loss of one row, by which decay is judged: smaller is better. A label that is null is none of the task. */
export function decayLoss({ task }: TargetSpec, scores: readonly number[], label: number | null): number {
  return taskOf(task).loss.ofRow(scores, label ?? Number.NaN, probabilityMin);
}
