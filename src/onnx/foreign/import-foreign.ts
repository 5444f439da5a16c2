import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { ForeignFindings, ForeignSignature } from '../../domain/spec/signature-of-foreign.ts';
import { signatureOf } from '../../domain/spec/signature.ts';
import { taskOf } from '../../domain/tasks/task-of.ts';
import { classesIn, metadataOf } from '../graphs/metadata.ts';
import { isDump, modelFromDump } from '../dumps/model-from-dump.ts';
import { checkForeign } from '../gate/check-foreign.ts';
import { checkLargestBatch, checkWrapped } from './check-wrapped.ts';
import type { ForeignModel } from '../file/foreign-model.ts';
import { missingPolicies } from './missing-policies.ts';
import { planInputs } from './plan-inputs.ts';
import { readForeign } from '../file/read-foreign.ts';
import { understandForeign, withWrapped, type ForeignSample } from './understand-foreign.ts';
import { wrapForeign } from './wrap-foreign.ts';

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
  const { wrapping, probed, isHalf } = await understandForeign(model, said, inputs, sample, notes);
  const features = inputs.flatMap((input) => input.columns);
  const { head } = wrapping;
  const known = signatureOf({
    features: features.map(({ name, kind }) => ({ name, kind, missing: 'allow' as const })),
    target: taskOf(head.task).targetOf({ column: 'label', labelDelay: { rows: 1 } }, head.classes),
  });
  const modelFile = path.join(outputDir, 'model.onnx');
  await writeFile(modelFile, wrapForeign(model, wrapping, metadataOf('imported', known, digest)));
  const policies = await withWrapped(modelFile, async (loaded) => {
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

function missingNote(policies: ForeignFindings['features']): readonly string[] {
  const strict = policies.filter(({ missing }) => missing === 'refuse').map(({ name }) => name);
  if (strict.length === 0) return [];
  const which = strict.length <= 8 ? strict.join(', ') : `${strict.length} features`;
  return [`missing values: refused for ${which}, as the model gives no answer without`];
}
