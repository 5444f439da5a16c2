import { DOUBLE, DuckDBDataChunk, DuckDBInstance } from '@duckdb/node-api';
import { literal } from '../../data/duck/sql.ts';

/** DuckDB's vector size. */
const chunkRows = 2_048;

export interface NumberColumn {
  /** A plain word: it stands in SQL as it is. */
  readonly name: string;
  readonly at: (row: number) => number | null;
}

/** Writes columns of numbers as Parquet; `select` shapes them into what the file holds. */
export async function writeColumns(
  path: string,
  rows: number,
  columns: readonly NumberColumn[],
  select: string,
): Promise<void> {
  const instance = await DuckDBInstance.create(':memory:', { threads: '1' });
  const connection = await instance.connect();
  try {
    await connection.run(`CREATE TABLE flat (${columns.map(({ name }) => `"${name}" DOUBLE`).join(', ')})`);
    const appender = await connection.createAppender('flat');
    for (let from = 0; from < rows; from += chunkRows) {
      const to = Math.min(rows, from + chunkRows);
      const chunk = DuckDBDataChunk.create(
        columns.map(() => DOUBLE),
        to - from,
      );
      chunk.setColumns(columns.map(({ at }) => Array.from({ length: to - from }, (_, i) => at(from + i))));
      appender.appendDataChunk(chunk);
    }
    appender.closeSync();
    await connection.run(`COPY (SELECT ${select} FROM flat) TO ${literal(path)} (FORMAT parquet)`);
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

/** `width` columns of a row-major matrix, and the list that they become. */
export function cellColumns(prefix: string, values: Float64Array, width: number): readonly NumberColumn[] {
  return Array.from({ length: width }, (_, k) => ({
    name: `${prefix}${k}`,
    at: (row: number) => values[row * width + k] ?? null,
  }));
}

export function listOf(prefix: string, width: number): string {
  return `[${Array.from({ length: width }, (_, k) => `"${prefix}${k}"`).join(', ')}]`;
}
