import { taskOf } from '../../tasks/task-of.ts';
import type { ModelSpec } from '../spec.ts';
import { problemIf, type SpecProblem } from '../spec-bounds.ts';

/** Problems of what is declared about rare classes with the target and the rest of the trainer. */
export function checkImbalance({ trainer, target }: ModelSpec): SpecProblem[] {
  const imbalance = 'imbalance' in trainer ? trainer.imbalance : undefined;
  if (imbalance === undefined) return [];
  return [
    ...problemIf(
      !taskOf(target.task).hasClasses,
      'trainer.imbalance',
      'the target is a value, of which no class is rare',
      'Leave it out.',
    ),
    ...problemIf(
      trainer.kind === 'gbdt' && trainer.warmStart === true,
      'trainer.imbalance',
      'the trees of a champion were grown for other shares of the classes',
      'Leave it or warmStart out.',
    ),
  ];
}
