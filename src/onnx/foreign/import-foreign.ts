import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { PerennialError } from '../../domain/words/errors.ts';
import type { ForeignFindings, ForeignSignature } from '../../domain/spec/signature-of-foreign.ts';
import { signatureOf } from '../../domain/spec/signature.ts';
import { taskOf } from '../../domain/tasks/task-of.ts';
import type { FeatureColumns } from '../run/columns.ts';
import { checkForeign } from './check-foreign.ts';
import { classesIn, metadataOf } from '../graphs/metadata.ts';
import { planForeign } from './plan-foreign.ts';
import { headOf, missingPolicies, probeColumns, tryRows } from './probe-foreign.ts';
import { readForeign } from './read-foreign.ts';
import { loadModel, type LoadedModel } from '../run/run-model.ts';
import { wrapForeign } from './wrap-foreign.ts';
import { cut } from '../../domain/words/cut.ts';

export interface ForeignSample {
  readonly header: readonly string[];
  /** Cells of the sample in the kinds of these features. */
  columns(
    features: readonly { readonly name: string; readonly kind: 'number' | 'category' | 'boolean' }[],
  ): FeatureColumns;
}

export interface ImportedForeign {
  readonly findings: Omit<ForeignFindings, 'profileRows'>;
  /** Path of the wrapped file. */
  readonly modelFile: string;
}

/**
 * A model file of any origin in the form that everything here serves: checked, understood, wrapped, and tried out.
 * Throws `unsupported` with one sentence for a file that is unsafe, or that would need more to be known about it.
 */
export async function importForeign(
  modelPath: string,
  signature: ForeignSignature,
  sample: ForeignSample | null,
  digest: string,
  outputDir: string,
): Promise<ImportedForeign> {
  const model = readForeign(await readFile(modelPath));
  checkForeign(model);
  const own = classesIn(model.metadata);
  const said: ForeignSignature =
    own === null || own.length === 0 || signature.output?.classes !== undefined
      ? signature
      : { ...signature, output: { classes: own, ...signature.output } };
  const plan = planForeign(model, said, sample?.header ?? null);
  const features = plan.inputs.flatMap((input) => input.columns);
  const notes = [...plan.notes];
  const probes = probeColumns(plan, sample?.columns(features) ?? null);
  const rawFile = path.join(outputDir, 'raw.onnx');
  await writeFile(rawFile, wrapForeign(model, plan, null, {}));
  const head = await withModel(rawFile, async (loaded) =>
    headOf(plan, said, await tryRows(loaded, probes, 'rows like those that it seems to take'), notes),
  );
  const known = signatureOf({
    features: features.map(({ name, kind }) => ({ name, kind, missing: 'allow' as const })),
    target: taskOf(head.task).targetOf({ column: 'label', labelDelay: { rows: 1 } }, head.classes),
  });
  const modelFile = path.join(outputDir, 'model.onnx');
  await writeFile(modelFile, wrapForeign(model, plan, head, metadataOf('imported', known, digest)));
  const policies = await withModel(modelFile, async (loaded) => {
    await tryRows(loaded, probes, 'rows like those that it seems to take');
    return missingPolicies(loaded, plan, probes);
  });
  const strict = policies.filter(({ missing }) => missing === 'refuse').map(({ name }) => name);
  if (strict.length > 0)
    notes.push(
      `missing values: refused for ${strict.length <= 8 ? strict.join(', ') : `${strict.length} features`}, as the ` +
        `model gives no answer without`,
    );
  return {
    modelFile,
    findings: {
      features: policies,
      task: head.task,
      classes: head.classes,
      threshold: said.output?.threshold ?? null,
      producer: model.producer,
      nodes: model.census.nodes,
      notes,
    },
  };
}

async function withModel<T>(file: string, use: (loaded: LoadedModel) => Promise<T>): Promise<T> {
  const loaded = await loadModel(file).catch((cause: unknown) => {
    const reason =
      cause instanceof PerennialError && cause.cause instanceof Error ? cause.cause.message : String(cause);
    throw new PerennialError('unsupported', `The model cannot be loaded: ${cut(reason.replace(/\s+/g, ' '), 400)}`, {
      path: 'model',
      hint: 'Export it for opset 13 to 21 with standard operators, and try again.',
      cause,
    });
  });
  try {
    return await use(loaded);
  } finally {
    await loaded.session.release();
  }
}
