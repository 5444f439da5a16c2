import { join } from 'node:path';
import { linearTrainer } from '../families/linear/linear.ts';
import { priorTrainer } from '../families/prior/prior.ts';
import type { FittedModel, OnProgress } from '../interface.ts';
import { files, type Baselines } from '../prepare/folder.ts';
import { writeJson } from '../prepare/json-files.ts';
import { readFolder } from '../prepare/read-folder.ts';
import { fitContext, progressInto } from './fit-context.ts';
import { readFitted } from './read-fitted.ts';
import { stageOf } from './select-model.ts';
import { writeModel } from './write-model.ts';

/**
 * What the candidate has to beat, on the rows that it was fitted on. Apart from `fit`, because baselines are always
 * ours, whoever fitted the candidate.
 */
export async function fitBaselines(folder: string, onProgress: OnProgress): Promise<void> {
  const rows = await readFolder(folder);
  const { candidate } = await readFitted(folder, rows);
  const report = progressInto(folder, onProgress);
  const context = fitContext(folder, rows, report);
  const { settings } = context;
  const { fittedOn } = candidate;
  const stage = (name: string) => stageOf(context, name, fittedOn, rows.split.validation);
  const write = (model: FittedModel, name: string) => writeModel(folder, rows, { model, fittedOn }, name, report);

  const prior = await write(await priorTrainer.fit({ ...stage('prior'), settings }), 'prior');
  const linear =
    candidate.family === 'linear'
      ? candidate
      : await write(await linearTrainer.fit({ ...stage('linear'), settings }), 'linear');
  const baselines: Baselines = { formatVersion: 1, models: [prior, linear] };
  await writeJson(join(folder, files.baselines), baselines);
}
