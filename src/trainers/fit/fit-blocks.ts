import { fitBalanced } from './fit-balanced.ts';
import type { FitRequest, FittedModel, OnProgress, RowRange } from '../interface.ts';
import { fittedNames, type Fitted, type Fold, type OwnFile } from '../prepare/folder.ts';
import { asFold, rowsIn, takeRows } from '../prepare/fold-rows.ts';
import { limitsIn } from '../prepare/learn-limits.ts';
import type { FolderRows } from '../prepare/read-folder.ts';
import { refitModel, selectModel, stageOf, type FitContext } from './select-model.ts';
import { writeModel } from './write-model.ts';

/** Fits what answers for one block; `stage` names the fold. */
type FitFold = (fold: Fold, stage: string) => Promise<FittedModel>;

/**
 * A model for each block, fitted as a release is, but without the block and the rows of the label delay around it; and
 * a release on all rows, with as many trees as the folds have in the middle. One fit at a time bounds memory.
 */
export async function fitBlocks(
  folder: string,
  rows: FolderRows,
  context: FitContext,
  onProgress: OnProgress,
): Promise<Fitted> {
  const fitOne: FitFold = (fold, stage) => fitFold(context, rows, fold, stage);
  const candidate = await writeFolds(folder, rows, 'candidate', fitOne, onProgress);
  const released = await fitAfterFolds(context, candidate.folds ?? []);
  const release = await writeModel(folder, rows, released, fittedNames('release'), onProgress);
  return { formatVersion: 1, historyShare: 1, candidate, release };
}

/** A model of all rows with as many trees as those of the folds have in the middle. */
async function fitAfterFolds(
  context: FitContext,
  folds: readonly Pick<FittedModel, 'trees'>[],
): Promise<{ readonly model: FittedModel; readonly fittedOn: RowRange }> {
  const fittedOn = { from: 0, to: context.table.rows };
  const trees = middleOf(folds.map((fold) => fold.trees));
  const model = await fitBalanced(context.settings, stageOf(context, 'refit-blocks', fittedOn, null, trees));
  return { model, fittedOn };
}

/** Writes one model for each block, with its own answers to the rows of the block. */
export async function writeFolds(
  folder: string,
  rows: FolderRows,
  name: string,
  fitOne: FitFold,
  onProgress: OnProgress,
): Promise<OwnFile> {
  const folds = rows.split.folds ?? [];
  const written: OwnFile[] = [];
  for (const [at, fold] of folds.entries()) {
    // oxlint-disable-next-line no-await-in-loop -- one fit at a time bounds memory
    const model = await fitOne(fold, `${name}-fold-${at + 1}`);
    const [fittedOn = fold.block] = fold.outside;
    const names = fittedNames(name, at, folds.length);
    // oxlint-disable-next-line no-await-in-loop -- as above
    written.push(await writeModel(folder, asFold(rows, fold), { model, fittedOn }, names, onProgress));
  }
  const newest = written.at(-1);
  if (newest === undefined) throw new RangeError('a split by blocks has no block');
  return {
    ...newest,
    folds: written.map(({ modelFile, predictionsFile, trees }) => ({ modelFile, predictionsFile, trees })),
  };
}

/** What any fit on all the rows that a block leaves is asked with. */
export function stageOfFold(
  context: FitContext,
  rows: FolderRows,
  fold: Fold,
  stage: string,
): Omit<FitRequest<unknown>, 'settings'> {
  const table = takeRows(context.table, fold.outside);
  const all = { from: 0, to: table.rows };
  return stageOf({ ...context, table, limits: limitsOf(rows, fold) }, stage, all, null);
}

/** As a release is fitted: validation says how many trees, and then all rows outside are learnt from. */
async function fitFold(context: FitContext, rows: FolderRows, fold: Fold, stage: string): Promise<FittedModel> {
  const within: FitContext = {
    ...context,
    table: takeRows(context.table, [...fold.training, fold.validation]),
    limits: limitsOf(rows, fold),
    checkpoint: (each) => context.checkpoint(`${stage}-${each}`),
    onProgress: (each, done, of) => context.onProgress(`${stage}-${each}`, done, of),
  };
  const training = { from: 0, to: rowsIn(fold.training) };
  const selected = await selectModel(within, training, { from: training.to, to: within.table.rows });
  const { model } = await refitModel({ ...within, table: takeRows(context.table, fold.outside) }, selected, training);
  return model;
}

/** Learnt from the training rows of the fold alone, as those of a candidate are. */
function limitsOf({ spec, signature, table }: FolderRows, { training }: Fold): FitContext['limits'] {
  if (spec.outliers === undefined) return [];
  return limitsIn(spec.outliers, signature, takeRows(table, training).columns);
}

/** The lower one of two in the middle: fewer trees promise less. */
function middleOf(trees: readonly number[]): number {
  return trees.toSorted((a, b) => a - b)[Math.floor((trees.length - 1) / 2)] ?? 0;
}
