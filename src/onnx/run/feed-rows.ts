import { Tensor, type InferenceSession } from 'onnxruntime-node';
import { PerennialError } from '../../domain/words/errors.ts';
import type { FeatureColumn, FeatureColumns } from './columns.ts';
import { halfBits } from './half.ts';
import { isWithin, rangeOfType } from './number-range.ts';

export interface Feeds {
  /** Without a prototype, so that an input may bear any name. */
  readonly feeds: Readonly<Record<string, Tensor>>;
  /** Rows, counted from the first that is fed, that lack a value which the type of its input cannot leave out. */
  readonly unanswerable: ReadonlySet<number>;
}

/** One tensor per declared input for rows [from, to), in the very type that the file declares. */
export function feedRows(session: InferenceSession, columns: FeatureColumns, from: number, to: number): Feeds {
  const feeds: Record<string, Tensor> = Object.create(null);
  const unanswerable = new Set<number>();
  for (const input of session.inputMetadata) {
    const type = input.isTensor ? input.type : 'none';
    feeds[input.name] = feedOf(type, columns.byName.get(input.name), from, to, unanswerable);
  }
  return { feeds, unanswerable };
}

function feedOf(
  type: string,
  column: FeatureColumn | undefined,
  from: number,
  to: number,
  unanswerable: Set<number>,
): Tensor {
  const rows = to - from;
  if (type === 'string') return textTensor(textsOf(column, from, to), [rows, 1]);
  const numbers =
    column !== undefined && 'numbers' in column ? column.numbers.subarray(from, to) : new Float64Array(rows).fill(NaN);
  return numberTensor(type, numbers, [rows, 1], unanswerable, 1);
}

/** Missing is the empty text. */
function textsOf(column: FeatureColumn | undefined, from: number, to: number): string[] {
  const texts = column !== undefined && 'texts' in column ? column.texts : [];
  return Array.from({ length: to - from }, (_, row) => texts[from + row] ?? '');
}

export function textTensor(texts: readonly string[], dims: readonly number[]): Tensor {
  return new Tensor('string', [...texts], dims);
}

/**
 * Numbers as a tensor of the type. Whole numbers and truth values have no form for a missing one, nor for one that the
 * type does not hold: 0 stands there, and the row (`width` numbers make one) is noted as unanswerable.
 */
export function numberTensor(
  type: string,
  numbers: Float64Array,
  dims: readonly number[],
  unanswerable: Set<number>,
  width: number,
): Tensor {
  if (type === 'float32') return new Tensor('float32', new Float32Array(numbers), dims);
  if (type === 'float64') return new Tensor('float64', new Float64Array(numbers), dims);
  if (type === 'float16') return new Tensor('float16', Uint16Array.from(numbers, halfBits), dims);
  const make = makers.get(type);
  const range = rangeOfType(type);
  if (make === undefined || range === null)
    throw new PerennialError(
      'unsupported',
      `model inputs of type ${type.replace(/\W/g, '').slice(0, 20)} are not supported; numbers, bool and string are`,
    );
  const held = Float64Array.from(numbers, (number, index) => {
    if (isWithin(number, range)) return number;
    unanswerable.add(Math.floor(index / width));
    return 0;
  });
  return make(held, dims);
}

type TensorMaker = (numbers: Float64Array, dims: readonly number[]) => Tensor;

/** Types without a form for a missing value, and how numbers that they hold are laid down. */
const makers: ReadonlyMap<string, TensorMaker> = new Map<string, TensorMaker>([
  ['bool', (numbers, dims) => new Tensor('bool', Uint8Array.from(numbers), dims)],
  ['int8', (numbers, dims) => new Tensor('int8', Int8Array.from(numbers), dims)],
  ['uint8', (numbers, dims) => new Tensor('uint8', Uint8Array.from(numbers), dims)],
  ['int16', (numbers, dims) => new Tensor('int16', Int16Array.from(numbers), dims)],
  ['uint16', (numbers, dims) => new Tensor('uint16', Uint16Array.from(numbers), dims)],
  ['int32', (numbers, dims) => new Tensor('int32', Int32Array.from(numbers), dims)],
  ['uint32', (numbers, dims) => new Tensor('uint32', Uint32Array.from(numbers), dims)],
  ['int64', (numbers, dims) => new Tensor('int64', BigInt64Array.from(numbers, BigInt), dims)],
  ['uint64', (numbers, dims) => new Tensor('uint64', BigUint64Array.from(numbers, BigInt), dims)],
]);
