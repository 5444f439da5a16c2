import { gbdtTrainer } from '../families/gbdt/gbdt.ts';
import type { FittedModel, OnProgress, RowRange } from '../interface.ts';
import { fittedNames, type Fitted } from '../prepare/folder.ts';
import type { FolderRows } from '../prepare/read-folder.ts';
import { stageOf, type FitContext } from './select-model.ts';
import type { Warm } from './warm-start-of.ts';
import { writeModel } from './write-model.ts';

/** As for a refit of a full fit. */
const treeGrowthMax = 1.2;

/**
 * The trees of the champion and others behind them, which learn what it still gets wrong on rows that it has not seen.
 * Validation says how many; a release adds as many, and as the rows that were held back deserve, on all unseen rows.
 */
export async function fitWarm(
  folder: string,
  rows: FolderRows,
  context: FitContext,
  warm: Warm,
  report: OnProgress,
): Promise<Fitted> {
  const { start, settings, fittedOn, refittedOn, version } = warm;
  const fitOn = (stage: string, on: RowRange, validation: RowRange | null, treesMax: number): Promise<FittedModel> =>
    gbdtTrainer.fit({
      // Another champion is another fit: a checkpoint of the one must not go on as the other.
      ...stageOf(context, `${stage}-${start.digest.slice(0, 16)}`, on, validation, treesMax),
      settings,
      warmStart: start,
    });
  const model = await fitOn('warm', fittedOn, rows.split.validation, warm.treesMax);
  const candidate = await writeModel(folder, rows, { model, fittedOn }, fittedNames('candidate'), report);
  const added = model.trees - start.rounds;
  const growth = Math.min(treeGrowthMax, sizeOf(refittedOn) / sizeOf(fittedOn));
  const refit = async () => {
    const refitted = await fitOn('refit-warm', refittedOn, null, Math.min(warm.treesMax, Math.round(added * growth)));
    return writeModel(folder, rows, { model: refitted, fittedOn: refittedOn }, fittedNames('release'), report);
  };
  const release = settings.refit ? await refit() : null;
  const trees = `${start.rounds} ${start.rounds === 1 ? 'tree' : 'trees'}`;
  const text =
    `It goes on from v${version} (${trees}) by ${added} more, ` +
    `fitted on ${sizeOf(fittedOn)} rows that v${version} has not seen.`;
  const from = { version, digest: start.digest, trees: start.rounds, rows: sizeOf(fittedOn) };
  return { formatVersion: 1, historyShare: 1, candidate, release, warmStart: { text, from } };
}

function sizeOf({ from, to }: RowRange): number {
  return to - from;
}
