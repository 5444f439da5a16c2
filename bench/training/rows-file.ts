import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { array, number, object } from 'zod';
import type { BenchRows } from './rows.ts';

const shape = object({ rows: number(), trainingRows: number(), categories: array(number()), numbers: number() });
export type RowsShape = ReturnType<typeof shape.parse>;

/**
 * Columns one after the other: numbers as float32, codes and then labels as a byte each. `rows.json` says how many.
 * All trainers read this one file. The first `trainingRows` are learnt from, the others held out.
 */
export async function writeRows(folder: string, data: BenchRows, trainingRows: number): Promise<void> {
  const { numbers, codes, labels } = data;
  const described: RowsShape = {
    rows: labels.length,
    trainingRows,
    numbers: numbers.length,
    categories: codes.map((column) => column.reduce((most, code) => Math.max(most, code), 0)),
  };
  await writeFile(join(folder, 'rows.json'), JSON.stringify(described));
  await writeFile(join(folder, 'rows.bin'), Buffer.concat([...numbers, ...codes, labels].map(bytesOf)));
}

export async function readRows(folder: string): Promise<BenchRows & { readonly shape: RowsShape }> {
  const described = shape.parse(JSON.parse(await readFile(join(folder, 'rows.json'), 'utf8')));
  const file = await readFile(join(folder, 'rows.bin'));
  const bytes = new Uint8Array(file).buffer;
  const { rows } = described;
  const codesFrom = described.numbers * rows * 4;
  return {
    shape: described,
    numbers: Array.from({ length: described.numbers }, (_, f) => new Float32Array(bytes, f * rows * 4, rows)),
    codes: described.categories.map((_, f) => new Uint8Array(bytes, codesFrom + f * rows, rows)),
    labels: new Uint8Array(bytes, codesFrom + described.categories.length * rows, rows),
  };
}

function bytesOf({ buffer, byteOffset, byteLength }: Float32Array | Uint8Array): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}
