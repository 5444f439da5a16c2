import { gbdtTrainer } from '../families/gbdt/gbdt.ts';
import type { FittedModel, OnProgress, RowRange } from '../interface.ts';
import { fittedNames, type Fitted } from '../prepare/folder.ts';
import type { FolderRows } from '../prepare/read-folder.ts';
import { calibrateFit, withCalibration } from './calibrate-fit.ts';
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
  // Of the sums of the trees: those of the champion stand in its file as they were before they were calibrated.
  const calibrated = calibrateFit(context, model, rows.split.validation);
  const write = (fitted: FittedModel, on: RowRange, name: 'candidate' | 'release') =>
    writeModel(
      folder,
      rows,
      withCalibration(context, { model: fitted, fittedOn: on }, calibrated),
      fittedNames(name),
      report,
    );
  const candidate = await write(model, fittedOn, 'candidate');
  const added = model.trees - start.rounds;
  const growth = Math.min(treeGrowthMax, sizeOf(refittedOn) / sizeOf(fittedOn));
  const refit = async () => {
    const refitted = await fitOn('refit-warm', refittedOn, null, Math.min(warm.treesMax, Math.round(added * growth)));
    return write(refitted, refittedOn, 'release');
  };
  const release = settings.refit ? await refit() : null;
  const trees = `${start.rounds} ${start.rounds === 1 ? 'tree' : 'trees'}`;
  const text =
    `It goes on from v${version} (${trees}) by ${added} more, ` +
    `fitted on ${sizeOf(fittedOn)} rows that v${version} has not seen.`;
  const from = { version, digest: start.digest, trees: start.rounds, rows: sizeOf(fittedOn) };
  const found = calibrated === null ? {} : { calibration: calibrated.calibration };
  return { formatVersion: 1, historyShare: 1, candidate, release, ...found, warmStart: { text, from } };
}

function sizeOf({ from, to }: RowRange): number {
  return to - from;
}
