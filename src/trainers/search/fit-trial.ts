import { createRandom } from '../../statistics/numeric/random.ts';
import { PerennialError } from '../../domain/words/errors.ts';
import type { TrialFit } from '../../domain/training/search/trial.ts';
import type { TrialJob } from '../../domain/training/training.ts';
import { calibrateFit } from '../fit/calibrate-fit.ts';
import { answersFile, fitContext } from '../fit/fit-context.ts';
import { keepAnswers } from '../fit/ensemble/trial-answers.ts';
import { stageOf } from '../fit/select-model.ts';
import type { OnProgress, RowRange } from '../interface.ts';
import { rowsIn, takeRows } from '../prepare/fold-rows.ts';
import { readFolder, type FolderRows } from '../prepare/read-folder.ts';
import { fitBalanced } from '../fit/fit-balanced.ts';

/** A share that would leave fewer training rows than this sees this many: on fewer, losses are luck. */
const trialRowsMin = 1_000;

/** The next trial of a search reads the same folder; a child that has read another one lets it go. */
let held: { readonly folder: string; readonly rows: Promise<FolderRows> } | null = null;

/**
 * Fits the settings of one trial on a share of the training rows, and measures it on all validation rows. Shares are
 * nested: what a smaller one holds, a larger one holds as well. Nothing is written but a checkpoint, and where `isKept`
 * says so the answers of a fit of all rows to the validation rows.
 */
export async function fitTrial(job: TrialJob, onProgress: OnProgress): Promise<TrialFit> {
  const { number, rung, share, settings } = job;
  const rows = await rowsOf(job.folder);
  const startedUs = process.cpuUsage();
  const context = fitContext(job.folder, rows, settings, onProgress);
  const { training, validation } = rows.split;
  const all = training.to - training.from;
  const seen = Math.min(1, Math.max(share, trialRowsMin / Math.max(1, all)));
  const taught = seen < 1 ? sampleOf(training, settings.seed, seen) : [training];
  const table = seen < 1 ? takeRows(rows.table, [...taught, validation]) : rows.table;
  const learnt = seen < 1 ? { from: 0, to: rowsIn(taught) } : training;
  const judged = seen < 1 ? { from: learnt.to, to: table.rows } : validation;
  const stage = stageOf({ ...context, table }, `trial-${number}-${rung}`, learnt, judged);
  const model = await fitBalanced(settings, stage);
  if (model.validationLoss === null || !Number.isFinite(model.validationLoss))
    throw new PerennialError('training_failed', `trial ${number} has no loss on the validation rows`);
  if (job.isKept === true && share === 1)
    await keepAnswers(answersFile(job.folder, rows, settings), model.predict(rows.table.columns, validation));
  const calibrated = calibrateFit({ ...context, table }, model, judged);
  const { user, system } = process.cpuUsage(startedUs);
  return {
    // What is served is what is compared.
    loss:
      calibrated?.map == null
        ? model.validationLoss
        : (calibrated.calibration.measured?.after.logLoss ?? model.validationLoss),
    trees: model.trees,
    rows: learnt.to - learnt.from,
    computeMs: Math.round((user + system) / 1_000),
  };
}

function rowsOf(folder: string): Promise<FolderRows> {
  if (held?.folder === folder) return held.rows;
  const rows = readFolder(folder);
  held = { folder, rows };
  // What could not be read is read again by whoever asks next.
  rows.catch(() => (held = null));
  return rows;
}

/** Rows by chance, each for itself, in ranges of neighbours. A row that is in a share is in every larger one. */
function sampleOf({ from, to }: RowRange, seed: number, share: number): RowRange[] {
  const random = createRandom(seed).fork('rows of trials');
  const ranges: { from: number; to: number }[] = [];
  for (let row = from; row < to; row++) {
    if (random.next() >= share) continue;
    const last = ranges.at(-1);
    if (last?.to === row) last.to = row + 1;
    else ranges.push({ from: row, to: row + 1 });
  }
  return ranges;
}
