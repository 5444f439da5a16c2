import { join } from 'node:path';
import { defaultTrainers, isOwn } from '../../domain/spec/trainer-spec.ts';
import { linearTrainer } from '../families/linear/linear.ts';
import { priorTrainer } from '../families/prior/prior.ts';
import type { FitRequest, FittedModel, OnProgress, RowRange } from '../interface.ts';
import { files, fittedNames, type Baselines, type FittedFile } from '../prepare/folder.ts';
import { writeJson } from '../prepare/json-files.ts';
import { withProposals } from '../prepare/with-proposals.ts';
import { readFolder, withParts, type FolderRows } from '../prepare/read-folder.ts';
import { stageOfFold, writeFolds } from './fit-blocks.ts';
import { fitContext, progressInto } from './fit-context.ts';
import { readFitted } from './read-fitted.ts';
import { stageOf, usualWay, type FitContext, type Way } from './select-model.ts';
import { writeModel } from './write-model.ts';

/**
 * What the candidate has to beat, on the rows that it was fitted on. Apart from `fit`, because baselines are always
 * ours, whoever fitted the candidate.
 */
export async function fitBaselines(folder: string, onProgress: OnProgress): Promise<void> {
  const read = await readFolder(folder);
  const { candidate, parts, withheld = [], proposals = [], selection } = await readFitted(folder, read);
  const grown = await withProposals(read, proposals);
  const rows = parts === undefined ? grown : withParts(grown, parts);
  // Whatever they did not read or weigh as the candidate does would make them easier to beat.
  const way: Way = { ...usualWay, withheld, halfLife: selection?.halfLife ?? null };
  const report = progressInto(folder, onProgress);
  const { trainer } = rows.spec;
  // Of a program of somebody else we know no penalty: the baseline has the usual one.
  const settings = isOwn(trainer) ? trainer : defaultTrainers.linear;
  const context = fitContext(folder, rows, settings, report);
  const write = (name: string, fitOn: FitOn) =>
    rows.split.folds === undefined
      ? writeOne(folder, rows, { name, fitOn, fittedOn: candidate.fittedOn, way }, context, report)
      : writeFolds(folder, rows, name, (fold, stage) => fitOn(stageOfFold(context, rows, fold, stage)), report);

  const prior = await write('prior', (stage) => priorTrainer.fit({ ...stage, settings }));
  const linear =
    candidate.family === 'linear'
      ? candidate
      : await write('linear', (stage) => linearTrainer.fit({ ...stage, settings }));
  const baselines: Baselines = { formatVersion: 1, models: [prior, linear] };
  await writeJson(join(folder, files.baselines), baselines);
}

type FitOn = (stage: Omit<FitRequest<unknown>, 'settings'>) => Promise<FittedModel>;

interface Asked {
  readonly name: string;
  readonly fitOn: FitOn;
  readonly fittedOn: RowRange;
  readonly way: Way;
}

async function writeOne(
  folder: string,
  rows: FolderRows,
  { name, fitOn, fittedOn, way }: Asked,
  context: FitContext,
  report: OnProgress,
): Promise<FittedFile> {
  const model = await fitOn(stageOf(context, name, fittedOn, rows.split.validation, null, way));
  return writeModel(folder, rows, { model, fittedOn }, fittedNames(name), report);
}
