import { PerennialError } from '../../domain/words/errors.ts';
import { rowsMax, type InferBody, type Tensor } from './bodies.ts';
import { isWithin, rangeOfType, sayMisfit } from '../../onnx/run/number-range.ts';
import { describe } from './read-row.ts';
import { refusedAt } from './refused-at.ts';

const numeric = /^(FP(16|32|64)|U?INT(8|16|32|64))$/;

/**
 * One tensor per field, `[rows]` or `[rows, 1]`, as the rows that `predict` takes. Null elements are missing values.
 */
export function rowsOfTensors({ inputs }: InferBody): readonly Record<string, unknown>[] {
  const count = inputs[0]?.shape[0] ?? 0;
  if (count === 0) throw refusedAt('inputs[0].shape', 'inputs[0] has no rows');
  if (count > rowsMax)
    throw new PerennialError('too_large', `inputs[0] has ${count} rows; at most ${rowsMax} are answered at once`, {
      path: 'inputs[0].shape',
    });
  const names = new Set<string>();
  const rows = Array.from({ length: count }, (): Record<string, unknown> => Object.create(null));
  inputs.forEach((input, index) => {
    const path = `inputs[${index}]`;
    if (names.has(input.name))
      throw refusedAt(`${path}.name`, `${path} is a second tensor named ${describe(input.name)}`);
    names.add(input.name);
    valuesOf(input, count, path).forEach((value, row) => {
      const target = rows[row];
      if (target !== undefined) target[input.name] = value;
    });
  });
  return rows;
}

function valuesOf(input: Tensor, count: number, path: string): readonly unknown[] {
  const { shape, datatype } = input;
  if (shape[0] !== count || (shape.length === 2 && shape[1] !== 1)) {
    throw refusedAt(
      `${path}.shape`,
      `${path} (${describe(input.name)}) has the shape [${shape.join(', ')}]; each field is one tensor of shape ` +
        `[${count}] or [${count}, 1]`,
    );
  }
  const flat = input.data.map((value) => (Array.isArray(value) && value.length === 1 ? (value[0] as unknown) : value));
  if (flat.length !== count)
    throw refusedAt(`${path}.data`, `${path} (${describe(input.name)}) has ${flat.length} elements for ${count} rows`);
  const fits = elementTest(datatype, `${path}.datatype`);
  const range = rangeOfType(onnxTypes[datatype]);
  flat.forEach((value, row) => {
    if (value === null) return;
    const at = `${path}.data[${row}]`;
    if (!fits(value))
      throw refusedAt(at, `${at} (${describe(input.name)}) is ${describe(value)}, which is no ${datatype}`);
    if (range === null || typeof value !== 'number' || isWithin(value, range)) return;
    throw refusedAt(at, `${at} (${describe(input.name)}) is ${value}, ${sayMisfit(value, range, datatype)}`);
  });
  return flat;
}

/** Datatypes of the protocol whose numbers are bounded, as ONNX calls them. */
const onnxTypes: Readonly<Record<string, string>> = {
  FP16: 'float16',
  FP32: 'float32',
  INT8: 'int8',
  INT16: 'int16',
  INT32: 'int32',
  INT64: 'int64',
  UINT8: 'uint8',
  UINT16: 'uint16',
  UINT32: 'uint32',
  UINT64: 'uint64',
};

function elementTest(datatype: string, path: string): (value: unknown) => boolean {
  if (datatype === 'BYTES') return (value) => typeof value === 'string';
  if (datatype === 'BOOL') return (value) => typeof value === 'boolean';
  if (numeric.test(datatype))
    // Whether it is whole, and within the type, is said by its range.
    return (value) => typeof value === 'number';
  throw refusedAt(
    path,
    `${path} is ${describe(datatype)}; known are BYTES, BOOL, FP16, FP32, FP64, INT8..64 and UINT8..64`,
  );
}
