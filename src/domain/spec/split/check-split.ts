import { problemIf, within, type SpecProblem } from '../spec-bounds.ts';
import type { ModelSpec } from '../spec.ts';
import { isExternal, isOwn, isSearch, isTrainable } from '../trainer-spec.ts';
import { checkGoingOn } from './check-going-on.ts';

/** Fewer folds fit on half of the rows; more cost time and judge each block by a handful of rows. */
export const foldsMin = 3;
export const foldsMax = 10;
/** Test rows that a gate reads: the youngest. */
export const judgedRowsMax = 100_000;

/** Problems of how rows are split, and of a trainer that cannot keep what the split promises. */
export function checkSplit(spec: ModelSpec): SpecProblem[] {
  const { validationShare, testShare } = spec.split;
  return [
    ...within('split.validationShare', validationShare, 0, 1, false),
    ...within('split.testShare', testShare, 0, 1, false),
    ...problemIf(
      validationShare + testShare >= 1,
      'split',
      'validation and test leave no rows to train on',
      'Let the two shares add up to less than 1.',
    ),
    ...checkGroup(spec),
    ...checkBlocks(spec),
    ...checkGoingOn(spec),
  ];
}

function checkGroup({ split: { group }, trainer, entity, features }: ModelSpec): SpecProblem[] {
  if (group === undefined) return [];
  const names = [...features.map(({ name }) => name), ...(entity === null ? [] : [entity.column])];
  return [
    ...problemIf(
      !names.includes(group.column),
      'split.group.column',
      `${JSON.stringify(group.column)} is neither a feature nor the entity`,
      'Name the column of the entity, or a feature.',
    ),
    ...problemIf(
      isTrainable(trainer) && trainer.refit,
      'trainer.refit',
      'a refit would learn the groups of the test, and the next candidate be held against a champion that knows them',
      'Set trainer.refit to false, as a definition with a group split has it by default.',
    ),
    ...problemIf(
      isOwn(trainer) && trainer.halfLives !== undefined,
      'trainer.halfLives',
      'the rows of a group are of all ages, so validation by groups cannot choose how fast they age',
      'Leave it out, or split by time.',
    ),
  ];
}

/** What is judged by blocks is a way of fitting: whatever cannot be fitted once a fold has none. */
function checkBlocks({ split: { blocks, group, testRowsMax }, trainer, value }: ModelSpec): SpecProblem[] {
  if (blocks === undefined) return [];
  const { folds } = blocks;
  return [
    ...problemIf(
      !Number.isInteger(folds) || folds < foldsMin || folds > foldsMax,
      'split.blocks.folds',
      `${folds} is no number of folds`,
      `Use a whole number from ${foldsMin} to ${foldsMax}.`,
    ),
    ...problemIf(
      group !== undefined,
      'split.blocks',
      'rows cannot be cut by groups and by blocks at once',
      'Leave one of the two out.',
    ),
    ...problemIf(
      testRowsMax > judgedRowsMax,
      'split.testRowsMax',
      `${testRowsMax} rows are more than a gate reads`,
      `Use at most ${judgedRowsMax}: older rows are learnt from in every fold, and judged in none.`,
    ),
    ...problemIf(
      value !== null,
      'split.blocks',
      'a threshold that is chosen by value needs rows that no fold is judged on',
      'Leave the value out, or split by time.',
    ),
    ...checkFolding(trainer),
  ];
}

function checkFolding(trainer: ModelSpec['trainer']): SpecProblem[] {
  if (!isTrainable(trainer))
    return problemIf(
      true,
      'split.blocks',
      'an imported model was fitted elsewhere, and cannot be fitted without a block',
      'Leave split.blocks out.',
    );
  if (isExternal(trainer))
    return problemIf(
      true,
      'split.blocks',
      'a program of somebody else fits one model and no folds',
      'Leave split.blocks out, or name a trainer of this platform.',
    );
  if (isSearch(trainer))
    return problemIf(
      true,
      'split.blocks',
      'trials are compared on validation rows, and blocks leave none',
      'Leave split.blocks out, or name one trainer.',
    );
  return [
    ...problemIf(
      trainer.gpu !== undefined,
      'trainer.gpu',
      'a fit on a queue of its own may be of somebody else, who fits one model and no folds',
      'Leave trainer.gpu out, or split by time.',
    ),
    ...problemIf(
      !trainer.refit,
      'trainer.refit',
      'no fold is a model of all rows, so there would be none to release',
      'Leave it out: what is released after a split by blocks is fitted on all rows.',
    ),
    ...problemIf(
      trainer.historyShares.length !== 1 || trainer.historyShares[0] !== 1,
      'trainer.historyShares',
      'the newest part of the history is not that before a block, so no fold can choose it',
      'Leave it out: each fold is fitted on all other rows.',
    ),
    ...problemIf(
      trainer.halfLives !== undefined,
      'trainer.halfLives',
      'the newest rows are not those before a block, so no fold can choose how fast they age',
      'Leave it out, or split by time.',
    ),
  ];
}
