import type { TimeReading } from '../../domain/spec/spec.ts';
import { orderKeyOf } from './cells/instants.ts';
import type { Duck, DuckDbSettings } from '../duck/connect.ts';
import { withTable } from './open-table.ts';
import type { OpenTable } from './table-file.ts';
import { baseOf, cellText } from './read-lossless.ts';
import { identifier, literal } from '../duck/sql.ts';

/**
 * Writes a table's rows as Parquet in the order of a time column (rows without a time last, ties as in the file), so
 * that "the first rows" are the oldest. Cells keep their text; rows that cannot be read are left out. Spills to disk.
 */
export async function sortTable(
  path: string,
  timeColumn: string,
  outputPath: string,
  settings: DuckDbSettings = {},
  reading: TimeReading = {},
): Promise<void> {
  await withTable(path, { settings }, (table, duck) => writeSorted(duck, table, timeColumn, outputPath, reading));
}

async function writeSorted(
  duck: Duck,
  table: OpenTable,
  timeColumn: string,
  outputPath: string,
  reading: TimeReading,
): Promise<void> {
  const columns = table.columns.map((column, index) => `${sourceCell(table, index)} AS ${identifier(column.name)}`);
  const key = `SELECT *, ${cellText(table, timeColumn, 'time')} AS time_text FROM ${baseOf(table)} WHERE NOT
      unreadable`;
  await duck.run(`COPY (SELECT ${columns.join(', ')} FROM (SELECT *,
      ${orderKeyOf('time_text', reading)} AS time_key FROM
      (${key})) ORDER BY time_key NULLS LAST, n)
      TO ${literal(outputPath)} (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 100000)`);
}

/** Every word stays: what is missing is the same in every format. */
function sourceCell(table: OpenTable, index: number): string {
  const name = table.columns[index]?.name ?? '';
  if (table.csv !== null) return cellText(table, name, 'category');
  return table.format === 'ndjson' ? `cells[${index + 1}]` : `c${index}`;
}
