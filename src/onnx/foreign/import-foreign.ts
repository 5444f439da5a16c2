import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { PerennialError } from '../../domain/words/errors.ts';
import type { ForeignFeature, ForeignFindings, ForeignSignature } from '../../domain/spec/signature-of-foreign.ts';
import { signatureOf } from '../../domain/spec/signature.ts';
import { taskOf } from '../../domain/tasks/task-of.ts';
import { classesIn, metadataOf } from '../graphs/metadata.ts';
import { elementTypes } from '../graphs/wire.ts';
import type { FeatureColumns } from '../run/columns.ts';
import { loadModel, type LoadedModel } from '../run/run-model.ts';
import { isDump, modelFromDump } from '../dumps/model-from-dump.ts';
import { checkForeign } from '../gate/check-foreign.ts';
import { checkShapes } from '../gate/check-shapes.ts';
import { checkLargestBatch, checkWrapped } from './check-wrapped.ts';
import { probeOriginal, type Probed } from './compare-answers.ts';
import type { ForeignModel } from '../file/foreign-model.ts';
import { headOf } from './head-of.ts';
import type { ForeignHead } from './foreign-head.ts';
import { liftNote } from '../gate/lift-opset.ts';
import { missingPolicies } from './missing-policies.ts';
import { loadOriginal } from './original-graph.ts';
import { planInputs, type PlannedInput } from './plan-inputs.ts';
import { planOutputs } from './plan-outputs.ts';
import { probeColumns } from './probe-rows.ts';
import { readForeign } from '../file/read-foreign.ts';
import { refusedFile } from '../file/refused-file.ts';
import { wrapForeign, type Wrapping } from './wrap-foreign.ts';

export interface ForeignSample {
  readonly header: readonly string[];
  /** Cells of the sample in the kinds of these features. */
  columns(features: readonly Pick<ForeignFeature, 'name' | 'kind' | 'values'>[]): FeatureColumns;
}

export interface ImportedForeign {
  readonly findings: Omit<ForeignFindings, 'profileRows'>;
  /** Path of the wrapped file. */
  readonly modelFile: string;
  /** Classes in the order of the file's own scores, in which its maker lists them. */
  readonly fileClasses: readonly string[];
}

/**
 * A model file of any origin in the form that everything here serves: checked, understood, tried out as it is, wrapped,
 * and tried out again. Throws `unsupported` with one sentence for a file that is unsafe, or that would need more to be
 * known about it.
 */
export async function importForeign(
  modelPath: string,
  signature: ForeignSignature,
  sample: ForeignSample | null,
  digest: string,
  outputDir: string,
): Promise<ImportedForeign> {
  const notes: string[] = [];
  const bytes = await readFile(modelPath);
  const model = readForeign(isDump(bytes) ? modelFromDump(bytes, signature, notes) : bytes);
  checkForeign(model);
  const said = withOwnClasses(model, signature);
  const inputs = planInputs(model, said, sample?.header ?? null, notes);
  const { wrapping, probed, isHalf } = await understand(model, said, inputs, sample, notes);
  const features = inputs.flatMap((input) => input.columns);
  const { head } = wrapping;
  const known = signatureOf({
    features: features.map(({ name, kind }) => ({ name, kind, missing: 'allow' as const })),
    target: taskOf(head.task).targetOf({ column: 'label', labelDelay: { rows: 1 } }, head.classes),
  });
  const modelFile = path.join(outputDir, 'model.onnx');
  await writeFile(modelFile, wrapForeign(model, wrapping, metadataOf('imported', known, digest)));
  const policies = await withModel(modelFile, async (loaded) => {
    await checkWrapped(loaded, head, probed, isHalf);
    await checkLargestBatch(loaded, probed.rows);
    return missingPolicies(loaded, features, probed.rows);
  });
  return {
    modelFile,
    fileClasses: head.fileClasses,
    findings: {
      features: policies,
      task: head.task,
      classes: head.classes,
      threshold: said.output?.threshold ?? null,
      producer: model.producer,
      nodes: model.census.nodes,
      notes: [...notes, ...missingNote(policies)],
    },
  };
}

/** A file that was made here says its own classes. */
function withOwnClasses(model: ForeignModel, signature: ForeignSignature): ForeignSignature {
  const own = classesIn(model.metadata);
  if (own === null || own.length === 0 || signature.output?.classes !== undefined) return signature;
  return { ...signature, output: { classes: own, ...signature.output } };
}

/** What the scores mean, from the graph and from the answers of the file itself. */
async function understand(
  model: ForeignModel,
  said: ForeignSignature,
  inputs: readonly PlannedInput[],
  sample: ForeignSample | null,
  notes: string[],
): Promise<{ readonly wrapping: Wrapping; readonly probed: Probed; readonly isHalf: boolean }> {
  const outputs = planOutputs(model, said, notes);
  checkShapes(model);
  const lifted = liftNote(model);
  if (lifted !== null) notes.push(lifted);
  const features = inputs.flatMap((input) => input.columns);
  const original = await loadOriginal(model, inputs, outputs);
  try {
    const rows = probeColumns(model, features, sample?.columns(features) ?? null);
    const probed = await probeOriginal(original, inputs, rows);
    const head: ForeignHead = headOf(outputs, said.output ?? {}, probed.answers, notes);
    const scoreType = original.scoreType === 'float64' ? 'double' : 'float';
    const hasHalfInput = inputs.some(({ type }) => type === elementTypes.float16);
    const isHalf = original.scoreType === 'float16' || hasHalfInput;
    return { wrapping: { inputs, scores: outputs.scores, scoreType, head }, probed, isHalf };
  } finally {
    await original.close();
  }
}

function missingNote(policies: ForeignFindings['features']): readonly string[] {
  const strict = policies.filter(({ missing }) => missing === 'refuse').map(({ name }) => name);
  if (strict.length === 0) return [];
  const which = strict.length <= 8 ? strict.join(', ') : `${strict.length} features`;
  return [`missing values: refused for ${which}, as the model gives no answer without`];
}

async function withModel<T>(file: string, use: (loaded: LoadedModel) => Promise<T>): Promise<T> {
  const loaded = await loadModel(file).catch((cause: unknown) => {
    const reason = cause instanceof PerennialError ? cause.message.slice(cause.message.indexOf(': ') + 2) : '';
    throw refusedFile(
      `cannot be loaded with our inputs and outputs around it: ${reason.replace(/\.$/, '')}`,
      'Export it for opset 13 to 21 with standard operators, and try again.',
      cause,
    );
  });
  try {
    return await use(loaded);
  } finally {
    await loaded.session.release();
  }
}
