import { problemIf, type SpecProblem } from '../spec-bounds.ts';
import { taskOf } from '../../tasks/task-of.ts';
import type { ModelSpec } from '../spec.ts';
import { isGoneOnFrom, type StreamingSpec } from '../trainer-spec.ts';

/** What goes on from a champion keeps what has seen rows and limits of its own: what would not fit that is refused. */
export function checkGoingOn({ split, outliers, trainer, target }: ModelSpec): SpecProblem[] {
  if (!isGoneOnFrom(trainer)) return [];
  const path = trainer.kind === 'gbdt' ? 'trainer.warmStart' : 'trainer.kind';
  const otherwise = trainer.kind === 'gbdt' ? 'Leave it out' : 'Name another trainer';
  return [
    ...problemIf(
      split.blocks !== undefined,
      path,
      'the champion has seen rows of every block but the newest, so no block can judge what goes on from it',
      `${otherwise}, or split by time.`,
    ),
    ...problemIf(
      split.group !== undefined,
      path,
      'groups overlap in time, so that the champion has seen rows of the groups that judge what goes on from it',
      `${otherwise}, or split by time.`,
    ),
    ...problemIf(
      outliers?.some(({ action }) => action !== 'drop') === true,
      path,
      'limits of outliers are learnt anew by each training, and the champion has learnt behind others',
      `${otherwise}, or let outliers be dropped.`,
    ),
    ...(trainer.kind === 'streaming' ? checkStreaming(trainer, target) : []),
  ];
}

function checkStreaming(trainer: StreamingSpec, target: ModelSpec['target']): SpecProblem[] {
  return [
    ...problemIf(
      !taskOf(target.task).hasClasses,
      'trainer.kind',
      'the streaming trainer learns classes, and the target is a value',
      'Name gbdt or linear.',
    ),
    ...problemIf(
      !trainer.refit,
      'trainer.refit',
      'without a refit the rows of validation and test would never be learnt from',
      'Leave it out.',
    ),
    ...problemIf(
      trainer.historyShares.length !== 1 || trainer.historyShares[0] !== 1,
      'trainer.historyShares',
      'each row is learnt from once, so there is no share to choose',
      'Leave it out.',
    ),
  ];
}
