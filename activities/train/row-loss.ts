import type { TaskName } from '../../src/domain/spec/spec.ts';

/** A single confident error must not drown a block's mean: probabilities are clipped here, and only for decay. */
const probabilityMin = 0.01;

/** Loss of one row in time order, smaller is better: clipped log loss (nats), or the absolute error for regression. */
export function rowLoss(task: TaskName, classes: readonly string[], scores: readonly number[], label: string): number {
  if (task === 'regression') return Math.abs((scores[0] ?? 0) - Number(label));
  const index = classes.indexOf(label);
  const probability = index < 0 ? probabilityMin : (scores[index] ?? probabilityMin);
  return -Math.log(Math.min(Math.max(probability, probabilityMin), 1));
}
