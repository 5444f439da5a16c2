import { readFile, writeFile } from 'node:fs/promises';
import type { ForeignFeature } from '../../domain/spec/signature-of-foreign.ts';
import { featuresOf, type Signature } from '../../domain/spec/signature.ts';
import { isText } from '../../domain/features/kind-of.ts';
import type { MissingPolicy } from '../../domain/spec/closed-sets.ts';
import { taskOf } from '../../domain/tasks/task-of.ts';
import { metadataOf } from '../graphs/metadata.ts';
import type { FeatureColumns } from '../run/columns.ts';
import type { LoadedModel } from '../run/run-model.ts';
import { checkForeign } from '../gate/check-foreign.ts';
import type { ForeignModel, ForeignValue } from '../file/foreign-model.ts';
import { readForeign } from '../file/read-foreign.ts';
import { listed, refusedFile } from '../file/refused-file.ts';
import { checkLargestBatch, checkWrapped } from './check-wrapped.ts';
import { missingPolicies } from './missing-policies.ts';
import { planInputs, type PlannedFeature, type PlannedInput } from './plan-inputs.ts';
import { understandForeign, withWrapped } from './understand-foreign.ts';
import { wrapForeign } from './wrap-foreign.ts';

/** What is known of a file that a program made on purpose: all that an import has to ask for. */
export interface KnownOfFile {
  /** Raw columns, derived features, task and classes. */
  readonly signature: Signature;
  /** Of each raw column, whether a request may leave it out. */
  readonly missing: ReadonlyMap<string, MissingPolicy>;
  /** Rows to try it on, raw columns and derived features alike; at least one. */
  readonly rows: FeatureColumns;
  readonly dataDigest: string;
}

/**
 * A file that a program has fitted for a definition, in the form that everything here serves: checked as a foreign one,
 * understood by what the definition says, tried out on rows of the training, and wrapped so that it takes the raw
 * columns by name. It may take one input for each feature, or one matrix of all of them in their order. Throws
 * `unsupported` with one sentence.
 */
export async function takeForeign(modelPath: string, known: KnownOfFile, wrappedPath: string): Promise<void> {
  const model = readForeign(await readFile(modelPath));
  checkForeign(model);
  const { signature, rows } = known;
  const inputs = inputsOf(model, signature);
  const { hasPositive } = taskOf(signature.task);
  const [, positive] = signature.classes;
  const said = {
    signature,
    output: {
      task: signature.task,
      ...(signature.classes.length === 0 ? {} : { expected: signature.classes }),
      ...(hasPositive && positive !== undefined ? { positive } : {}),
    },
  };
  const sample = { header: [], columns: () => rows };
  const { wrapping, probed, isHalf } = await understandForeign(model, said, inputs, sample, []);
  // In the order of the definition, whatever that of the file is.
  const head = { ...wrapping.head, classes: signature.classes };
  await writeFile(wrappedPath, wrapForeign(model, { ...wrapping, head }, metadataOfTaken(known)));
  await withWrapped(wrappedPath, async (loaded) => {
    await checkWrapped(loaded, head, probed, isHalf);
    await tryTaken(loaded, known, inputs);
  });
}

export function metadataOfTaken({ signature, dataDigest }: KnownOfFile): Record<string, string> {
  return metadataOf('external', signature, dataDigest);
}

/** Runs what is served as it will be at most, and without each value that a request may leave out. */
export async function tryTaken(
  loaded: LoadedModel,
  { signature, missing, rows }: KnownOfFile,
  inputs: readonly PlannedInput[] = [],
): Promise<void> {
  await checkLargestBatch(loaded, rows);
  const raw = rawInputs(loaded.session.inputNames, signature, inputs);
  refuseUnanswered(await missingPolicies(loaded, raw, rows), missing);
}

/** Which feature fills which column of which input. */
function inputsOf(model: ForeignModel, signature: Signature): readonly PlannedInput[] {
  const features = featuresOf(signature).map(({ name, kind }): ForeignFeature => ({
    name,
    kind: isText({ kind }) ? 'category' : 'number',
  }));
  const real = model.inputs.filter(({ name }) => !model.initializers.has(name));
  const byName = new Map(features.map((feature) => [feature.name, feature]));
  const named = real.flatMap(({ name }) => byName.get(name) ?? []);
  const width = (real[0]?.dims ?? [])[1];
  const isMatrix = real.length === 1 && (named.length === 0 || (typeof width === 'number' && width > 1));
  if (!isMatrix && named.length !== real.length) {
    const unknown = real.filter(({ name }) => !byName.has(name));
    throw refusedFile(
      `takes ${listed(unknown)}, which ${unknown.length === 1 ? 'is no feature' : 'are no features'} of the definition`,
      'Give it one input per feature, by its name, or one matrix of all features in the order of spec.json.',
    );
  }
  if (isMatrix) refuseOtherMatrix(real[0], features);
  return planInputs(model, { features: isMatrix ? features : named }, null, []);
}

/** One matrix has one type and a column per feature. */
function refuseOtherMatrix(input: ForeignValue | undefined, features: readonly ForeignFeature[]): void {
  const width = (input?.dims ?? [])[1];
  if (typeof width === 'number' && width > 0 && width !== features.length)
    throw refusedFile(
      `takes a matrix of ${width} columns, and spec.json names ${features.length} features`,
      'Fit it on all features in the order of spec.json, or give it one input per feature, by its name.',
    );
  const texts = features.filter(isText);
  if (texts.length > 0 && texts.length < features.length)
    throw refusedFile(
      `takes one matrix, and the features are numbers and texts (${listed(texts)})`,
      'Give it one input per feature, by its name: a pipeline that is turned with its first columns does.',
    );
}

/** The columns of a request that the wrapped file takes, whether by itself or for what is derived from them. */
function rawInputs(
  names: readonly string[],
  { columns }: Signature,
  inputs: readonly PlannedInput[],
): readonly PlannedFeature[] {
  const planned = new Map(inputs.flatMap((input) => input.columns.map((column) => [column.name, column] as const)));
  return columns.flatMap((column): readonly PlannedFeature[] => {
    if (!names.includes(column.name)) return [];
    return [planned.get(column.name) ?? { name: column.name, kind: isText(column) ? 'category' : 'number' }];
  });
}

/** A row that a request may send has to be answered. */
function refuseUnanswered(
  found: readonly { readonly name: string; readonly missing: MissingPolicy }[],
  declared: ReadonlyMap<string, MissingPolicy>,
): void {
  const strict = found.filter(({ name, missing }) => missing === 'refuse' && declared.get(name) === 'allow');
  if (strict.length === 0) return;
  throw refusedFile(
    `gives no number when ${listed(strict)} ${strict.length === 1 ? 'is' : 'are'} missing, which the definition allows`,
    "Put an imputer into the file, or declare { missing: 'refuse' }.",
  );
}
