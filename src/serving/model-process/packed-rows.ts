import type { EncodedRow, Signature } from '../../domain/spec/signature.ts';
import type { PackedRows } from './model-messages.ts';

type Counts = Pick<Signature, 'numberCount' | 'textCount'>;

export function packRows({ numberCount }: Counts, rows: readonly EncodedRow[]): PackedRows {
  const numbers = new Float64Array(rows.length * numberCount);
  for (const [index, row] of rows.entries()) numbers.set(row.numbers, index * numberCount);
  return { rows: rows.length, numbers, texts: rows.flatMap(({ texts }) => texts) };
}

export function unpackRows({ numberCount, textCount }: Counts, packed: PackedRows): readonly EncodedRow[] {
  return Array.from({ length: packed.rows }, (_, row) => ({
    numbers: packed.numbers.subarray(row * numberCount, (row + 1) * numberCount),
    texts: packed.texts.slice(row * textCount, (row + 1) * textCount),
  }));
}

/** A row without scores is NaN in each of its places: no scored row has one. */
export function packScores(width: number, scores: readonly (readonly number[] | null)[]): Float64Array {
  const packed = new Float64Array(scores.length * width).fill(NaN);
  for (const [row, values] of scores.entries()) if (values !== null) packed.set(values, row * width);
  return packed;
}

export function unpackScores(width: number, packed: Float64Array): readonly (readonly number[] | null)[] {
  return Array.from({ length: packed.length / width }, (_, row) => {
    const values = packed.subarray(row * width, (row + 1) * width);
    return Number.isNaN(values[0]) ? null : [...values];
  });
}
