import {
  BIGINT,
  BOOLEAN,
  DOUBLE,
  DuckDBDataChunk,
  VARCHAR,
  type DuckDBConnection,
  type DuckDBType,
  type DuckDBValue,
} from '@duckdb/node-api';
import { identifier } from '../../data/duck/sql.ts';
import type { FeatureKind } from '../../domain/spec/spec.ts';
import type { FeatureColumn } from '../../onnx/run/columns.ts';
import type { TrainingTable } from '../prepare/table.ts';

/** DuckDB's vector size. */
const chunkRows = 2_048;

const typeOfKind: Record<FeatureKind, DuckDBType> = {
  number: DOUBLE,
  category: VARCHAR,
  boolean: BOOLEAN,
  time: BIGINT,
};

const valueOfKind: Record<FeatureKind, (value: number) => DuckDBValue> = {
  number: (value) => value,
  category: String,
  boolean: (value) => value !== 0,
  time: (value) => BigInt(Math.round(value)),
};

/** Makes a table of `_order` and these columns of rows that are in memory; missing is NULL. */
export async function addColumns(
  connection: DuckDBConnection,
  table: string,
  { rows, order, columns }: Pick<TrainingTable, 'rows' | 'order' | 'columns'>,
  names: readonly string[],
): Promise<void> {
  const added = names.flatMap((name) => columns.byName.get(name) ?? []);
  const types = added.map(({ kind }) => typeOfKind[kind]);
  const declared = added.map(({ name }, at) => `${identifier(name)} ${String(types[at])}`);
  await connection.run(`CREATE TABLE ${identifier(table)} (${['"_order" BIGINT', ...declared].join(', ')})`);
  const appender = await connection.createAppender(table);
  for (let from = 0; from < rows; from += chunkRows) {
    const size = Math.min(rows - from, chunkRows);
    const chunk = DuckDBDataChunk.create([BIGINT, ...types], size);
    const places = Array.from({ length: size }, (_, at) => from + at);
    chunk.setColumns([
      places.map((row) => BigInt(order[row] ?? 0)),
      ...added.map((column) => places.map((row) => cellOf(column, row))),
    ]);
    appender.appendDataChunk(chunk);
  }
  appender.closeSync();
}

function cellOf(column: FeatureColumn, row: number): DuckDBValue {
  if ('texts' in column) return column.texts[row] ?? null;
  const value = column.numbers[row] ?? Number.NaN;
  return Number.isNaN(value) ? null : valueOfKind[column.kind](value);
}
