import { contractColumns, type ContractColumn } from '../../domain/contract/contract-columns.ts';
import type { RowsSpec } from '../../domain/spec/columns/rows-spec.ts';
import type { CellColumn, CellSql } from '../read/cells/cell-layers.ts';
import { cellSql, repairedCell, textNames } from '../read/cells/cell-sql.ts';
import type { OpenTable } from '../read/table-file.ts';
import type { RepairedColumn } from '../repairs/repaired-column.ts';

/** A declared column; its typed value is called `v<i>`. */
export interface NamedColumn extends ContractColumn {
  readonly value: string;
}

export function checkedColumns(spec: RowsSpec): readonly NamedColumn[] {
  return contractColumns(spec).map((column, index) => ({ ...column, value: `v${index}` }));
}

/** The same on their way through the repairs, by the names that `repairedCell` reads. */
export function repairedColumns(spec: RowsSpec): readonly RepairedColumn[] {
  return checkedColumns(spec).map((column, index) => ({ ...column, ...textNames(index) }));
}

/** A declared column of a table on its way through the check, as SQL over `TypedRows.sql`. */
export interface CheckedColumn extends NamedColumn {
  readonly text: string;
  /** Whether there is no text. */
  readonly missing: string;
  /** Whether it is a list or an object. */
  readonly nested: string;
  /** Whether its text is a date whose order of parts has to be declared. */
  readonly localDate: string;
  /** Whether its text is a number as people write it. */
  readonly plainNumber: string;
  /** True where its text is known to be one of its declared words; null where nobody has asked. */
  readonly known: string | null;
  /** As its value where that is a number, and beyond every number otherwise; null where there is no such. */
  readonly comparable: string | null;
  /** Its value as an expression where rules of all rows ask for `comparable` in its place, else by its name. */
  readonly judged: string;
}

interface TypedRows {
  readonly columns: readonly CheckedColumn[];
  /** A SELECT of `n`, `line`, `unreadable`, what the columns say, `event_key` and `event_instant`. */
  readonly sql: string;
}

/** The cells of a table with their typed values and the place of its rows in time; `rows` is its base. */
export function typedRows(table: OpenTable, spec: RowsSpec, rows: string): TypedRows {
  return typed(spec, rows, (column, place) => cellSql(table, column, place));
}

/** The same of rows behind their repairs, which have the texts and flags of `repairedColumns`. */
export function repairedRows(spec: RowsSpec, rows: string): TypedRows {
  return typed(spec, rows, repairedCell);
}

function typed(spec: RowsSpec, rows: string, cellOf: (column: CellColumn, place: number) => CellSql): TypedRows {
  const cells = checkedColumns(spec).map((column, index) => ({ column, sql: cellOf(column, index) }));
  const { eventTime } = spec;
  const time = cells.find(({ column }) => column.name === eventTime?.column)?.sql;
  const values = cells.map(({ column, sql }) => `${sql.value} AS ${column.value}`);
  const sql = `SELECT ${['*', ...values].join(', ')}, ${time?.key ?? 'CAST(NULL AS DOUBLE)'} AS event_key,
    ${time?.instant ?? 'false'} AS event_instant FROM (
      SELECT ${['*', ...cells.flatMap((cell) => cell.sql.cast)].join(', ')} FROM (
        SELECT ${['n', 'line', 'unreadable', ...cells.flatMap((cell) => cell.sql.base)].join(', ')} FROM ${rows}))`;
  const columns = cells.map(
    ({ column, sql: { text, missing, nested, localDate, plainNumber, known, comparable, value } }) => ({
      ...column,
      text,
      missing,
      nested,
      localDate,
      plainNumber,
      known,
      comparable,
      judged: comparable === null ? column.value : `(${value})`,
    }),
  );
  return { columns, sql };
}
