import { isText } from '../../domain/features/kind-of.ts';
import type { EncodedRow, Signature } from '../../domain/spec/signature.ts';
import type { FeatureColumns } from './columns.ts';

/** Rows of a table as requests bring them; a column that the table lacks, or has as another kind, is missing. */
export function encodeColumns(
  { columns, numberCount, textCount }: Signature,
  { rows, byName }: FeatureColumns,
): readonly EncodedRow[] {
  return Array.from({ length: rows }, (_, row) => {
    const numbers = new Float64Array(numberCount).fill(Number.NaN);
    const texts = new Array<string | null>(textCount).fill(null);
    for (const column of columns) {
      const found = byName.get(column.name);
      if (found === undefined) continue;
      if (isText(column)) texts[column.index] = 'texts' in found ? (found.texts[row] ?? null) : null;
      else numbers[column.index] = 'numbers' in found ? (found.numbers[row] ?? Number.NaN) : Number.NaN;
    }
    return { numbers, texts };
  });
}
