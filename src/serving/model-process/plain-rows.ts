import { isText } from '../../domain/features/kind-of.ts';
import type { EncodedRow, Signature } from '../../domain/spec/signature.ts';

/** Rows that every model of this signature takes, whatever types it wants: zeros and ones, and declared categories. */
export function plainRows(
  { columns, numberCount, textCount }: Signature,
  features: readonly { readonly name: string; readonly values?: readonly string[] }[],
): (index: number) => EncodedRow {
  const values = Array.from({ length: textCount }, (): readonly string[] => []);
  for (const column of columns.filter(isText))
    values[column.index] = features.find(({ name }) => name === column.name)?.values ?? [];
  return (row) => ({
    numbers: Float64Array.from({ length: numberCount }, (_, place) => (row + place) % 2),
    texts: values.map((words) => words[row % words.length] ?? 'a'),
  });
}
