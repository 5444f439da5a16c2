import { problemIf, type SpecProblem } from '../spec-bounds.ts';
import type { ModelSpec } from '../spec.ts';
import { isWarmStarted } from '../trainer-spec.ts';

/** A warm start keeps trees that have seen rows and limits of their own: what would not fit them is refused. */
export function checkWarmStart({ split, outliers, trainer }: ModelSpec): SpecProblem[] {
  if (!isWarmStarted(trainer)) return [];
  return [
    ...problemIf(
      split.blocks !== undefined,
      'trainer.warmStart',
      'the champion has seen rows of every block but the newest, so no block can judge what goes on from it',
      'Leave it out, or split by time.',
    ),
    ...problemIf(
      split.group !== undefined,
      'trainer.warmStart',
      'groups overlap in time, so that the champion has seen rows of the groups that judge what goes on from it',
      'Leave it out, or split by time.',
    ),
    ...problemIf(
      outliers?.some(({ action }) => action !== 'drop') === true,
      'trainer.warmStart',
      'limits of outliers are learnt anew by each training, and the trees of the champion were grown behind others',
      'Leave it out, or let outliers be dropped.',
    ),
  ];
}
