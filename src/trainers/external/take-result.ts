import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  externalFiles,
  externalLimits,
  type ExternalOutput,
  type ExternalReport,
  type ExternalStage,
} from '../../domain/training/external.ts';
import { dumpBytesMax } from '../../onnx/dumps/dump-limits.ts';
import { graphFromLightGbm } from '../../onnx/dumps/lightgbm/graph-from-lightgbm.ts';
import { graphFromXgBoost } from '../../onnx/dumps/xgboost/graph-from-xgboost.ts';
import { metadataOfTaken, takeForeign, tryTaken, type KnownOfFile } from '../../onnx/foreign/take-foreign.ts';
import { withWrapped } from '../../onnx/foreign/understand-foreign.ts';
import { withDerived } from '../../onnx/run/derive-columns.ts';
import { files, fittedNames, type FittedFile, type Prepared } from '../prepare/folder.ts';
import { readJson } from '../prepare/json-files.ts';
import { readTable } from '../prepare/read-table.ts';
import { findModel } from './find-model.ts';
import { readReport } from './read-report.ts';
import { takeFile } from './take-file.ts';

/** Where a stage ran, and what it left. */
export interface TakeAsk {
  /** The folder of the step, which holds what was prepared; the files of the stage come here. */
  readonly folder: string;
  /** The folder of the external trainer, with what the program left in it. */
  readonly external: string;
  readonly stage: ExternalStage;
}

/** What one stage of an external fit came to: a checked model file in the folder of the step, and what was said. */
export interface ExternalTaken {
  readonly file: FittedFile;
  readonly output: ExternalOutput;
  readonly said: ExternalReport | null;
}

/** Rows that a file is tried on: as many as probe an imported one. */
const triedRowsMax = 64;

/**
 * Takes the model file of a program, and nothing else that it might have left: exactly one, plain, bounded, checked by
 * the gatekeeper of foreign files, and wrapped so that it takes the raw columns by name. Runs what somebody else made,
 * so it belongs into a process of its own. Throws `unsupported`, `invalid_data` or `too_large` with one sentence.
 */
export async function takeExternal({ folder, external, stage }: TakeAsk): Promise<ExternalTaken> {
  const output = await findModel(external);
  const names = fittedNames(stage);
  const prepared = await readJson<Prepared>(join(folder, files.prepared));
  const came = join(folder, `${stage}.came`);
  // An attempt of this very folder may have been here before.
  const copies = [came, join(folder, names.predictionsFile), join(folder, reportCopy(stage))] as const;
  for (const copy of copies)
    // oxlint-disable-next-line no-await-in-loop -- three small removals
    await rm(copy, { force: true });
  await takeFile(join(external, models[output]), models[output], came, bytesMax[output]);
  await turn[output](came, await knownOf(folder, prepared), join(folder, names.modelFile));
  await rm(came);
  const hasAnswers = stage === 'candidate' && (await takeAnswers(external, copies[1]));
  return {
    output,
    said: await readReport(external, copies[2]),
    file: {
      family: 'external',
      modelFile: names.modelFile,
      predictionsFile: hasAnswers ? names.predictionsFile : null,
      trees: 0,
      fittedOn: stage === 'candidate' ? prepared.split.training : { from: 0, to: prepared.rows },
      // What a program says of its features decides nothing here.
      importance: [],
    },
  };
}

/** Where the report of a stage stands once it is taken. */
export function reportCopy(stage: ExternalStage): string {
  return `${stage}.report.json`;
}

const { models } = externalFiles;
const bytesMax: Record<ExternalOutput, number> = {
  onnx: externalLimits.modelBytesMax,
  lightgbm: dumpBytesMax,
  xgboost: dumpBytesMax,
};

type Turn = (from: string, known: KnownOfFile, to: string) => Promise<void>;

/** How each form becomes what is served: the graph of somebody else is wrapped, a dump becomes one of ours. */
const turn: Record<ExternalOutput, Turn> = {
  onnx: takeForeign,
  lightgbm: (from, known, to) => takeDump(graphFromLightGbm, from, known, to),
  xgboost: (from, known, to) => takeDump(graphFromXgBoost, from, known, to),
};

async function takeDump(
  graphFrom: typeof graphFromXgBoost,
  from: string,
  known: KnownOfFile,
  to: string,
): Promise<void> {
  const text = await readFile(from, 'utf8');
  await writeFile(to, graphFrom(text, known.signature, metadataOfTaken(known)));
  await withWrapped(to, (loaded) => tryTaken(loaded, known));
}

async function takeAnswers(external: string, to: string): Promise<boolean> {
  const name = externalFiles.predictions;
  return (await takeFile(join(external, name), name, to, externalLimits.predictionsBytesMax)) !== null;
}

/** All that the definition and the rows say of the file. */
async function knownOf(folder: string, { spec, signature, split, dataDigest }: Prepared): Promise<KnownOfFile> {
  const { from, to } = split.validation;
  const rows = join(folder, to > from ? files.validation : files.training);
  const { table } = await readTable(spec, [rows], 'by time', triedRowsMax);
  return {
    signature,
    missing: new Map(spec.features.map(({ name, missing }) => [name, missing])),
    rows: await withDerived(signature, table.columns),
    dataDigest,
  };
}
