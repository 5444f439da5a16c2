import { join } from 'node:path';
import { ownTrainerOf, type OwnSpec } from '../../domain/spec/trainer-spec.ts';
import type { OnProgress } from '../interface.ts';
import { files, fittedNames, type Fitted } from '../prepare/folder.ts';
import { writeJson } from '../prepare/json-files.ts';
import { readFolder, type FolderRows } from '../prepare/read-folder.ts';
import { fitBlocks } from './fit-blocks.ts';
import { fitContext, progressInto } from './fit-context.ts';
import { fitStream } from './fit-stream.ts';
import { fitWarm } from './fit-warm.ts';
import { refitModel, selectModel, type FitContext } from './select-model.ts';
import { warmStartOf } from './warm-start-of.ts';
import { writeModel } from './write-model.ts';

/**
 * The second step: a prepared folder in, model files and a report of them out. It knows nothing but the folder, so that
 * another process, machine or language can do it. Equal folders give equal model bytes, also after a resume.
 * `settings`: what trials have found, where they say what is fitted.
 */
export async function fit(folder: string, onProgress: OnProgress, settings?: OwnSpec): Promise<void> {
  const rows = await readFolder(folder);
  const report = progressInto(folder, onProgress);
  const context = fitContext(folder, rows, settings ?? ownTrainerOf(rows.spec.trainer), report);
  const fitted: Fitted = await (rows.split.folds === undefined
    ? fitParts(folder, rows, context, report)
    : fitBlocks(folder, rows, context, report));
  await writeJson(join(folder, files.fitted), fitted);
}

async function fitParts(folder: string, rows: FolderRows, context: FitContext, report: OnProgress): Promise<Fitted> {
  const { training, validation } = rows.split;
  if (context.settings.kind === 'streaming') return fitStream(folder, rows, context, context.settings, report);
  const warm = await warmStartOf(folder, rows, context.settings);
  if (warm !== null && 'start' in warm) return fitWarm(folder, rows, context, warm, report);
  if (warm !== null) await report({ phase: 'fit', done: 0, of: 1, note: warm.said.text });
  const selected = await selectModel(context, training, validation);
  const candidate = await writeModel(folder, rows, selected, fittedNames('candidate'), report);
  const release = context.settings.refit
    ? await writeModel(folder, rows, await refitModel(context, selected, training), fittedNames('release'), report)
    : null;
  const said = warm === null ? {} : { warmStart: warm.said };
  return { formatVersion: 1, historyShare: selected.historyShare, candidate, release, ...said };
}
