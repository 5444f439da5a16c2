import { join } from 'node:path';
import { ownTrainerOf, type OwnSpec } from '../../domain/spec/trainer-spec.ts';
import { sayCalibration } from '../../domain/training/calibration/say-calibration.ts';
import { saySelection } from '../../domain/training/selection/say-selection.ts';
import type { EnsembleAsk } from '../../domain/training/search/ensemble.ts';
import { sayEnsemble } from '../../domain/training/search/say-ensemble.ts';
import type { OnProgress } from '../interface.ts';
import { files, fittedNames, type Fitted } from '../prepare/folder.ts';
import { writeJson } from '../prepare/json-files.ts';
import { withProposals } from '../prepare/with-proposals.ts';
import { readFolder, withParts, type FolderRows } from '../prepare/read-folder.ts';
import { calibrateFit, withCalibration } from './calibrate-fit.ts';
import { fitBlocks } from './fit-blocks.ts';
import { chooseByTime, type ChosenWithFeatures } from './selection/choose-by-time.ts';
import { fitContext, progressInto } from './fit-context.ts';
import {
  alone,
  asSelected,
  fitEnsemble,
  refitEnsemble,
  type EnsembleAsked,
  type FittedEnsemble,
} from './ensemble/fit-ensemble.ts';
import { fitStream } from './fit-stream.ts';
import { fitWarm } from './fit-warm.ts';
import { refitModel, selectModel, type FitContext, type Selected } from './select-model.ts';
import { warmStartOf } from './warm-start-of.ts';
import { writeModel } from './write-model.ts';

/**
 * The second step: a prepared folder in, model files and a report of them out. It knows nothing but the folder, so that
 * another process, machine or language can do it. Equal folders give equal model bytes, also after a resume.
 * `settings`: what trials have found, where they say what is fitted; `ensemble`: trials whose mean may answer instead.
 */
export async function fit(
  folder: string,
  onProgress: OnProgress,
  settings?: OwnSpec,
  ensemble?: EnsembleAsk,
): Promise<void> {
  const rows = await readFolder(folder);
  const report = progressInto(folder, onProgress);
  const context = fitContext(folder, rows, settings ?? ownTrainerOf(rows.spec.trainer), report);
  const fitted: Fitted = await (rows.split.folds === undefined
    ? fitParts({ folder, rows, context, report }, ensemble)
    : fitBlocks(folder, rows, context, report));
  await writeJson(join(folder, files.fitted), fitted);
}

async function fitParts(asked: EnsembleAsked, ask: EnsembleAsk | undefined): Promise<Fitted> {
  const { folder, rows, context, report } = asked;
  const { split } = rows;
  if (context.settings.kind === 'streaming') return fitStream(folder, rows, context, context.settings, report);
  const warm = await warmStartOf(folder, rows, context.settings);
  if (warm !== null && 'start' in warm) return fitWarm(folder, rows, context, warm, report);
  if (warm !== null) await report({ phase: 'fit', done: 0, of: 1, note: warm.said.text });
  const best = await choose(context, rows);
  const found = ask === undefined ? null : await tryEnsemble(asked, ask, best);
  const members = found?.members ?? null;
  if (found !== null) await report({ phase: 'fit', done: 1, of: 1, note: sayEnsemble(found.ensemble) });
  const { selected, parts, selection, proposals } =
    members === null ? best : { selected: asSelected(rows, members), parts: split, selection: null, proposals: [] };
  for (const note of selection === null ? [] : saySelection(selection))
    await report({ phase: 'fit', done: 1, of: 1, note });
  const isMoved = parts.training.to !== split.training.to;
  const grown = await withProposals(rows, proposals);
  const used = isMoved ? withParts(grown, parts) : grown;
  const reading = { ...context, signature: grown.signature, table: grown.table };
  const calibrated = calibrateFit(reading, selected.model, parts.validation);
  if (calibrated !== null) await report({ phase: 'fit', done: 1, of: 1, note: sayCalibration(calibrated.calibration) });
  const write = (fit: Selected, name: 'candidate' | 'release') =>
    writeModel(folder, used, withCalibration(reading, fit, calibrated), fittedNames(name), report);
  const candidate = await write(selected, 'candidate');
  const release = context.settings.refit
    ? await write(
        found === null || members === null
          ? await refitModel(reading, selected, parts.training)
          : await refitEnsemble(asked, found.ensemble, members),
        'release',
      )
    : null;
  const { historyShare, withheld } = selected.way;
  return {
    formatVersion: 1,
    historyShare,
    ...(isMoved ? { parts } : {}),
    ...(selection === null ? {} : { selection }),
    ...(found === null ? {} : { ensemble: found.ensemble }),
    ...(calibrated === null ? {} : { calibration: calibrated.calibration }),
    ...(withheld.length === 0 ? {} : { withheld }),
    ...(proposals.length === 0 ? {} : { proposals: proposals.map(({ name, expression }) => ({ name, expression })) }),
    ...(warm === null ? {} : { warmStart: warm.said }),
    candidate,
    release,
  };
}

/** Members learn from all training rows: where the best fit does not, their mean is another matter. */
async function tryEnsemble(
  asked: EnsembleAsked,
  ask: EnsembleAsk,
  { selected, parts, selection }: ChosenWithFeatures,
): Promise<FittedEnsemble> {
  const isChosen = 'members' in ask;
  if (!isChosen && selection?.isPrior === true) return alone('no fit was better than the prior');
  if (!isChosen && parts.training.to !== asked.rows.split.training.to)
    return alone('the best fit has to learn from validation rows as well');
  return fitEnsemble(asked, ask, selected.model);
}

/** Rows that are split by groups do not say what comes next: only the share of history is chosen by them. */
async function choose(context: FitContext, { spec, split }: FolderRows): Promise<ChosenWithFeatures> {
  if (spec.split.group === undefined) return chooseByTime(context, split, spec.target.labelDelay);
  const selected = await selectModel(context, split.training, split.validation);
  return { selected, parts: split, selection: null, proposals: [] };
}
