import type { SnapshotColumn } from '../../domain/training/snapshot.ts';
import type { Duck } from '../duck/connect.ts';
import { identifier } from '../duck/sql.ts';

/** Rows of the sample. */
export const sampleRowsMax = 20_000;
/** Cells of the sample: a table of many columns gets fewer rows. */
const sampleCellsMax = 2_000_000;
/** A longer value is cut, so that a column of documents does not fill the memory. */
const valueCharactersMax = 80;

/** Values in the order of the rows; a missing number is NaN, a missing word null. */
export type SampledColumn = { readonly name: string } & (
  | { readonly numbers: Float64Array }
  | { readonly texts: readonly (string | null)[] }
);

export interface Sample {
  readonly rows: number;
  /** One row in so many; 1 when all of them were taken. */
  readonly everyNth: number;
  readonly columns: readonly SampledColumn[];
}

/** Rows that a hash of their order number chooses, in their order: no rhythm of rows can meet that of the choice. */
export async function readSample(
  duck: Duck,
  source: string,
  columns: readonly SnapshotColumn[],
  rows: number,
): Promise<Sample> {
  const rowsMax = Math.min(sampleRowsMax, Math.floor(sampleCellsMax / Math.max(1, columns.length)));
  const everyNth = Math.max(1, Math.ceil(rows / rowsMax));
  const list = columns.map((column, at) => `${selected(column)} AS c${at}`).join(', ');
  const chosen = everyNth === 1 ? '' : `WHERE hash("_order") % ${everyNth} = 0`;
  const values = columns.map((): unknown[] => []);
  const sql = `SELECT ${list === '' ? '1' : list} FROM ${source} ${chosen} ORDER BY "_order"`;
  let sampled = 0;
  for await (const chunk of duck.stream(sql)) {
    sampled += chunk.length;
    for (const row of chunk) for (const [at, column] of values.entries()) column.push(row[`c${at}`]);
  }
  return { rows: sampled, everyNth, columns: columns.map((column, at) => columnOf(column, values[at] ?? [])) };
}

export function isNumber({ type }: Pick<SnapshotColumn, 'type'>): boolean {
  return type === 'DOUBLE' || type === 'BIGINT';
}

function selected(column: SnapshotColumn): string {
  const name = identifier(column.name);
  return isNumber(column) ? `CAST(${name} AS DOUBLE)` : `left(CAST(${name} AS VARCHAR), ${valueCharactersMax})`;
}

function columnOf(column: SnapshotColumn, values: readonly unknown[]): SampledColumn {
  const { name } = column;
  if (!isNumber(column)) return { name, texts: values.map((value) => (typeof value === 'string' ? value : null)) };
  const isFinite = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value);
  return { name, numbers: Float64Array.from(values, (value) => (isFinite(value) ? value : Number.NaN)) };
}
