import { InferenceSession, type Tensor } from 'onnxruntime-node';
import { PerennialError } from '../../domain/words/errors.ts';
import { elementTypes, encodeModel, type ElementType, type GraphValue } from '../graphs/wire.ts';
import type { FeatureColumns } from '../run/columns.ts';
import { numberTensor, textTensor } from '../run/feed-rows.ts';
import { fromHalfBits } from '../run/half.ts';
import { sayRuntimeProblem } from '../run/say-runtime-problem.ts';
import type { ForeignModel } from '../file/foreign-model.ts';
import type { PlannedInput } from './plan-inputs.ts';
import { opsetWithout } from '../gate/lift-opset.ts';
import { refusedFile } from '../file/refused-file.ts';
import { isZipMap, renameForeign } from '../file/rename-foreign.ts';

/** What the file itself answers to some rows, before anything of ours is put around it. */
export interface OriginalAnswers {
  /** Row-major, rows × width. */
  readonly scores: Float64Array;
  /** Not whole when the scores do not belong to the rows. */
  readonly width: number;
  /** One per row; null for a file without a label. More or fewer than rows are kept as they came. */
  readonly labels: readonly string[] | null;
}

export interface OriginalModel {
  /** Type of the scores, as ONNX Runtime calls it. */
  readonly scoreType: string;
  /** Throws `unsupported` when the file fails on these rows. */
  answer(columns: FeatureColumns, from: number, to: number): Promise<OriginalAnswers>;
  close(): Promise<void>;
}

export interface OriginalOutputs {
  readonly scores: string;
  readonly label: string | null;
}

/**
 * Loads the graph of the file by itself: its own opset, its own inputs in their own types, the number of rows left
 * open, and of its outputs the scores and the label. Throws `unsupported` when ONNX Runtime does not load it.
 */
export async function loadOriginal(
  model: ForeignModel,
  inputs: readonly PlannedInput[],
  outputs: OriginalOutputs,
): Promise<OriginalModel> {
  const session = await InferenceSession.create(originalGraph(model, inputs, outputs), {
    intraOpNumThreads: 1,
    interOpNumThreads: 1,
    executionMode: 'sequential',
    logSeverityLevel: 4,
  }).catch((cause: unknown) => {
    throw refusedFile(
      `cannot be loaded: ${sayRuntimeProblem(cause)}`,
      'Export it again for opset 13 to 21 with standard operators.',
      cause,
    );
  });
  const scores = session.outputMetadata.find(({ name }) => name === outputs.scores);
  return {
    scoreType: scores?.isTensor === true ? scores.type : 'unknown',
    close: () => session.release(),
    async answer(columns, from, to) {
      const feeds: Record<string, Tensor> = Object.create(null);
      const unanswerable = new Set<number>();
      for (const input of inputs) feeds[input.name] = feedOf(session, input, columns, from, to, unanswerable);
      const results = await session.run(feeds).catch((cause: unknown) => {
        throw new PerennialError('unsupported', sayRuntimeProblem(cause), { path: 'model', cause });
      });
      const scores = numbersOf(results[outputs.scores]);
      const width = widthOf(results[outputs.scores], to - from);
      // As the wrapped file: no answer where the type of an input has no form for what the row holds.
      for (const row of unanswerable) scores.fill(NaN, row * width, (row + 1) * width);
      return { scores, width, labels: wordsOf(outputs.label === null ? undefined : results[outputs.label]) };
    },
  };
}

function originalGraph(model: ForeignModel, inputs: readonly PlannedInput[], outputs: OriginalOutputs): Uint8Array {
  const parts = renameForeign(model.graph, '', isZipMap);
  const opsets = model.opsets.map(({ domain, version }) => ({ domain: domain === 'ai.onnx' ? '' : domain, version }));
  return encodeModel({
    graphName: 'original',
    inputs: inputs.map((input): GraphValue => ({ name: input.name, type: typeOf(input), dims: dimsOf(input) })),
    outputs: [outputs.scores, ...(outputs.label === null ? [] : [outputs.label])].map((name): GraphValue => ({
      name,
      type: null,
      dims: null,
    })),
    constants: [],
    nodes: parts.nodes,
    opsets: opsets.some(({ domain }) => domain === '') ? opsets : [{ domain: '', version: opsetWithout }, ...opsets],
    metadata: [],
    foreign: { irVersion: model.irVersion, ...parts, functions: model.functionBytes },
  });
}

export function typeOf(input: PlannedInput): ElementType {
  const found = Object.entries(elementTypes).find(([, code]) => code === input.type);
  return (found?.[0] ?? 'float') as ElementType;
}

function dimsOf(input: PlannedInput): readonly (number | string)[] {
  return input.rank === 1 ? ['N'] : ['N', input.columns.length];
}

function feedOf(
  session: InferenceSession,
  input: PlannedInput,
  columns: FeatureColumns,
  from: number,
  to: number,
  unanswerable: Set<number>,
): Tensor {
  const rows = to - from;
  const width = input.columns.length;
  const dims = input.rank === 1 ? [rows] : [rows, width];
  const side = input.columns.map(({ name }) => columns.byName.get(name));
  if (input.type === elementTypes.string) {
    const texts = side.map((column) => (column !== undefined && 'texts' in column ? column.texts : []));
    return textTensor(
      Array.from({ length: rows * width }, (_, at) => texts[at % width]?.[from + Math.floor(at / width)] ?? ''),
      dims,
    );
  }
  const numbers = side.map((column) => (column !== undefined && 'numbers' in column ? column.numbers : undefined));
  const cells = Float64Array.from(
    { length: rows * width },
    (_, at) => numbers[at % width]?.[from + Math.floor(at / width)] ?? NaN,
  );
  const declared = session.inputMetadata.find(({ name }) => name === input.name);
  return numberTensor(declared?.isTensor === true ? declared.type : 'none', cells, dims, unanswerable, width);
}

function numbersOf(tensor: Tensor | undefined): Float64Array {
  const data = tensor?.data;
  if (data instanceof Float32Array || data instanceof Float64Array) return Float64Array.from(data);
  if (tensor?.type === 'float16' && data instanceof Uint16Array) return Float64Array.from(data, fromHalfBits);
  throw new PerennialError('unsupported', 'its scores are no numbers with a fraction', { path: 'model' });
}

/** Scores per row; not whole where the first dimension is not that of the rows. */
function widthOf(tensor: Tensor | undefined, rows: number): number {
  const dims = tensor?.dims ?? [];
  const size = dims.reduce((all, dim) => all * dim, 1);
  return dims.length >= 1 && dims[0] !== rows && size !== rows ? NaN : size / rows;
}

function wordsOf(tensor: Tensor | undefined): readonly string[] | null {
  if (tensor === undefined) return null;
  if (tensor.type === 'bool') return Array.from(tensor.data as Uint8Array, (one) => (one === 0 ? 'false' : 'true'));
  return Array.from(tensor.data as ArrayLike<unknown>, String);
}
