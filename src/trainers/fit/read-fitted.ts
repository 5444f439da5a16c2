import { constants, copyFile, lstat, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { isAbsent } from '../../domain/words/is-absent.ts';
import { PerennialError } from '../../domain/words/errors.ts';
import { expressionSchema } from '../../contracts/spec/spec-expression.ts';
import { externalReportSchema } from '../../contracts/spec/external-folder.ts';
import { foldsMax } from '../../domain/spec/split/check-split.ts';
import { featureOutcomes } from '../../domain/training/selection/feature-selection.ts';
import { trainerSchema } from '../../contracts/spec/trainer/spec-trainer.ts';
import { searchBounds } from '../../domain/spec/search/search-spec.ts';
import { isExternal, isOwn, type OwnSpec } from '../../domain/spec/trainer-spec.ts';
import { calibrationBins } from '../../domain/metrics/measures.ts';
import { calibrationMethods } from '../../domain/training/calibration/calibration.ts';
import { externalOutputs } from '../../domain/training/external.ts';
import { files, fittedNames } from '../prepare/folder.ts';
import type { Fitted, Fold, FoldFile, Parts, Prepared, Split } from '../prepare/folder.ts';
import { newestFold } from '../prepare/fold-rows.ts';
import { readJson } from '../prepare/json-files.ts';

/** A fit may be somebody else's program: its report is small, and names no other files than those agreed upon. */
const reportBytesMax = 4 * 1024 * 1024;
const index = z.number().int().nonnegative();
const foldFile = z.object({ modelFile: z.string(), predictionsFile: z.string(), trees: index });

const fittedAs = (name: 'candidate' | 'release') =>
  z.object({
    family: z.enum(['gbdt', 'linear', 'streaming', 'prior', 'ensemble', 'external']),
    modelFile: z.literal(`${name}.onnx`),
    predictionsFile: z.literal(`${name}.predictions.parquet`).nullable(),
    trees: index,
    fittedOn: z.object({ from: index, to: index }).refine(({ from, to }) => from < to, 'must hold a row'),
    importance: z.array(z.object({ feature: z.string(), gain: z.number().nonnegative() })),
  });
const folded = fittedAs('candidate').extend({ folds: z.array(foldFile).max(foldsMax).exactOptional() });

const text = z.string().max(64 * 1024);
const external = z.object({
  kind: z.enum(['command', 'worker']),
  output: z.enum(externalOutputs),
  environment: z.object({
    argv: z.array(text).max(200).exactOptional(),
    codeDigest: text.exactOptional(),
    lockDigest: text.exactOptional(),
    image: text.exactOptional(),
    host: text.exactOptional(),
  }),
  said: externalReportSchema.nullable(),
});

const memory = z.object({
  idleBytes: index,
  loadedBytes: index,
  runs: z.array(z.object({ rows: index, peakBytes: index })).max(100),
});

const warmStart = z.object({
  text: z.string().max(1_000),
  from: z
    .object({ version: index, digest: z.string().regex(/^[0-9a-f]{64}$/), trees: index, rows: index })
    .exactOptional(),
});

const range = z.object({ from: index, to: index });
const names = z.array(text).max(10_000);
const loss = z.number().nonnegative();

/** Far beyond what is ever kept. */
const proposalsMax = 100;
const proposal = { name: text, expression: expressionSchema };

const featureSelection = z.object({
  skipped: z.string().max(1_000).exactOptional(),
  nulls: index,
  folds: index,
  features: z
    .array(
      z.object({
        feature: text,
        share: loss,
        nullShareMax: loss,
        importance: z.number(),
        standardError: loss,
        foldsHelped: index,
        outcome: z.enum(featureOutcomes),
      }),
    )
    .max(10_000),
  tries: z
    .array(
      z.object({ without: index, difference: z.number(), standardError: loss, folds: index, isTaken: z.boolean() }),
    )
    .max(100),
  proposals: z
    .object({
      proposed: index,
      tries: z
        .array(z.object({ ...proposal, gain: z.number(), standardError: loss, pValue: loss, isKept: z.boolean() }))
        .max(100),
    })
    .exactOptional(),
});

const selection = z.object({
  clocks: z.object({ suspected: names, withheld: names, lossWith: loss, lossWithout: loss }).exactOptional(),
  halfLife: z.number().positive().max(1).exactOptional(),
  newestRows: index.exactOptional(),
  isPrior: z.literal(true).exactOptional(),
  features: featureSelection.exactOptional(),
});

const answersMeasured = z.object({
  logLoss: loss,
  error: loss,
  errorOfCalibrated: z.object({ low: loss, high: loss }),
  reliability: z
    .array(z.object({ predicted: loss, observed: loss, low: loss, high: loss, rows: index }))
    .max(calibrationBins),
});
const calibration = z.object({
  method: z.enum(calibrationMethods),
  isTaken: z.boolean(),
  why: text.exactOptional(),
  rows: index,
  measured: z
    .object({
      before: answersMeasured,
      after: answersMeasured,
      gain: z.object({ mean: z.number(), low: z.number(), high: z.number() }),
    })
    .exactOptional(),
});

const ownSettings = z.custom<OwnSpec>((value) => {
  const parsed = trainerSchema.safeParse(value);
  return parsed.success && isOwn(parsed.data);
});
const ensemble = z.object({
  isTaken: z.boolean(),
  why: text.exactOptional(),
  members: z
    .array(z.object({ number: index, weight: z.number().positive().max(1), settings: ownSettings }))
    .max(searchBounds.members.max),
  held: z.object({ rows: index, loss: z.number(), lossOfBest: z.number() }).exactOptional(),
});

const fittedReport = z.object({
  formatVersion: z.literal(1),
  historyShare: z.number().positive().max(1),
  parts: z.object({ training: range, validation: range }).exactOptional(),
  selection: selection.exactOptional(),
  calibration: calibration.exactOptional(),
  ensemble: ensemble.exactOptional(),
  withheld: names.exactOptional(),
  proposals: z.array(z.object(proposal)).max(proposalsMax).exactOptional(),
  candidate: folded,
  release: fittedAs('release').nullable(),
  warmStart: warmStart.exactOptional(),
  external: external.exactOptional(),
  memory: memory.exactOptional(),
});

/**
 * What a fit says that it made, as far as it can be believed: of the declared shape, a candidate that has seen nothing
 * but training rows, and files that are there. Throws `invalid_data` for anything else.
 */
export async function readFitted(
  folder: string,
  { rows, split, spec }: Pick<Prepared, 'rows' | 'split'> & Partial<Pick<Prepared, 'spec'>>,
): Promise<Fitted> {
  const parsed = fittedReport.safeParse(await readReport(folder));
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw wrong(`${files.fitted} of the fit is not as declared at ${issue?.path.join('.') || 'its top'}`);
  }
  const { candidate, release, parts } = parsed.data;
  if (parts !== undefined && !isWithin(parts, split)) throw wrong('the fit used other parts than rows before the test');
  const training = newestFold(split)?.before ?? parts?.training ?? split.training;
  if (candidate.fittedOn.from < training.from || candidate.fittedOn.to > training.to)
    throw wrong('the candidate was fitted on other rows than those of training');
  if (!isOfFolds(candidate.folds, split.folds))
    throw wrong('the candidate is not one model for each block, under the agreed names');
  if (release !== null && release.fittedOn.to > rows)
    throw wrong(`the release was fitted on more than the ${rows} rows there are`);
  const models = [candidate, ...(release === null ? [] : [release])];
  // What a program of somebody else makes is compared with less, and so it has to be one that was asked for.
  const isForeign = spec !== undefined && isExternal(spec.trainer);
  if (models.some(({ family }) => (family === 'external') !== isForeign))
    throw wrong('the fit is by another trainer than the one that the definition names');
  if (!isForeign && models.some(({ predictionsFile }) => predictionsFile === null))
    throw wrong('a model of this platform comes without answers of its own');
  // oxlint-disable-next-line no-await-in-loop -- two models, two files each
  for (const name of namesIn(parsed.data)) await mustBeFile(folder, name);
  return parsed.data;
}

/**
 * Copies what a fit made in its own folder into a prepared one, so that nothing changes any more while it is judged.
 * Throws as `readFitted`.
 */
export async function takeFitted(from: string, folder: string): Promise<void> {
  const names = namesIn(await readFitted(from, await readJson<Prepared>(join(folder, files.prepared))));
  for (const name of [...names, files.fitted])
    // oxlint-disable-next-line no-await-in-loop -- one large file at a time
    await copyFile(join(from, name), join(folder, name), constants.COPYFILE_FICLONE);
}

/** Learnt from may be what validation gives up at its older end, and nothing of what still chooses. */
function isWithin({ training, validation }: Parts, split: Split): boolean {
  return (
    split.folds === undefined &&
    training.from === split.training.from &&
    training.to <= validation.from &&
    validation.from >= split.validation.from &&
    validation.from < validation.to &&
    validation.to === split.validation.to
  );
}

/** One for each, and no other names than those that blocks have. */
function isOfFolds(made: readonly FoldFile[] | undefined, folds: readonly Fold[] | undefined): boolean {
  if (made === undefined || folds === undefined) return made === folds;
  if (made.length !== folds.length) return false;
  return made.every((file, at) => {
    const names = fittedNames('candidate', at, folds.length);
    return file.modelFile === names.modelFile && file.predictionsFile === names.predictionsFile;
  });
}

function namesIn({ candidate, release }: Fitted): readonly string[] {
  const models = [...(candidate.folds ?? [candidate]), ...(release === null ? [] : [release])];
  return models.flatMap(({ modelFile, predictionsFile }) =>
    predictionsFile === null ? [modelFile] : [modelFile, predictionsFile],
  );
}

async function readReport(folder: string): Promise<unknown> {
  const path = join(folder, files.fitted);
  await mustBeFile(folder, files.fitted);
  if ((await lstat(path)).size > reportBytesMax) throw wrong(`${files.fitted} is larger than ${reportBytesMax} bytes`);
  try {
    return JSON.parse(await readFile(path, 'utf8'));
  } catch (cause) {
    throw cause instanceof SyntaxError ? wrong(`${files.fitted} of the fit is no JSON`, cause) : cause;
  }
}

/** A link could name any file of this machine. */
async function mustBeFile(folder: string, name: string): Promise<void> {
  const found = await lstat(join(folder, name)).catch((cause: unknown) => {
    throw isAbsent(cause) ? wrong(`the fit left no file ${name}`, cause) : cause;
  });
  if (!found.isFile()) throw wrong(`${name} of the fit is not a file`);
}

function wrong(message: string, cause?: unknown): PerennialError {
  return new PerennialError('invalid_data', message, {
    hint: 'src/trainers/FOLDER.md says what a fit leaves in its folder.',
    cause,
  });
}
