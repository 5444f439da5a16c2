import type { ForeignFeature, ForeignSignature } from '../../domain/spec/signature-of-foreign.ts';
import type { Signature } from '../../domain/spec/signature.ts';
import { PerennialError } from '../../domain/words/errors.ts';
import { elementTypes } from '../graphs/wire.ts';
import type { FeatureColumns } from '../run/columns.ts';
import { loadModel, type LoadedModel } from '../run/run-model.ts';
import { checkShapes } from '../gate/check-shapes.ts';
import { liftNote } from '../gate/lift-opset.ts';
import { probeOriginal, type Probed } from './compare-answers.ts';
import type { ForeignModel } from '../file/foreign-model.ts';
import { refusedFile } from '../file/refused-file.ts';
import { headOf } from './head-of.ts';
import type { ForeignHead, Said } from './foreign-head.ts';
import { loadOriginal } from './original-graph.ts';
import type { PlannedInput } from './plan-inputs.ts';
import { planOutputs } from './plan-outputs.ts';
import { probeColumns } from './probe-rows.ts';
import type { Wrapping } from './wrap-foreign.ts';

export interface ForeignSample {
  readonly header: readonly string[];
  /** Cells of the sample in the kinds of these features. */
  columns(features: readonly Pick<ForeignFeature, 'name' | 'kind' | 'values'>[]): FeatureColumns;
}

/** What is said of a file, and where it is known, what is derived from its columns. */
export interface SaidOfFile extends Omit<ForeignSignature, 'output'> {
  readonly output?: Said;
  readonly signature?: Signature;
}

/** What the scores mean, from the graph and from the answers of the file itself. */
export async function understandForeign(
  model: ForeignModel,
  said: SaidOfFile,
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
    const { signature = null } = said;
    return { wrapping: { inputs, scores: outputs.scores, scoreType, head, signature }, probed, isHalf };
  } finally {
    await original.close();
  }
}

/** Loads a wrapped file for as long as it is used. Throws `unsupported` where the runtime refuses it. */
export async function withWrapped<T>(file: string, use: (loaded: LoadedModel) => Promise<T>): Promise<T> {
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
