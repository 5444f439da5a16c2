import type { CellRole } from '../../../domain/cells/cell-role.ts';
import { msPerUnit } from '../../../domain/cells/read-instant.ts';
import type { TimeReading } from '../../../domain/spec/spec.ts';
import { literal } from '../../duck/sql.ts';
import type { CellColumn, CellSql } from './cell-layers.ts';
import type { OpenTable } from '../table-file.ts';

type NativeCell = Omit<CellSql, 'text' | 'nested' | 'known'>;

/**
 * A column of a Parquet file whose type says what its cells are: the same values as by way of their texts, without
 * writing and reading these. Null where the text has to be asked.
 */
export function nativeCell(table: OpenTable, column: CellColumn): NativeCell | null {
  if (table.format !== 'parquet') return null;
  const index = table.columns.findIndex(({ name }) => name === column.name);
  const type = table.columns[index]?.type;
  const cell = `c${index}`;
  const native = type === undefined ? null : natives[column.role](cell, type, column.reading);
  return native === null ? null : { base: [cell], cast: [], localDate: 'false', comparable: null, ...native };
}

type Native = Omit<NativeCell, 'base' | 'cast' | 'localDate' | 'comparable'> & Partial<Pick<NativeCell, 'comparable'>>;

const no = (): null => null;

const natives: Record<CellRole, (cell: string, type: string, reading: TimeReading) => Native | null> = {
  number: numberCell,
  boolean: (cell, type) =>
    type === 'BOOLEAN'
      ? { value: cell, missing: `${cell} IS NULL`, key: noKey, instant: 'true', plainNumber: 'false' }
      : null,
  time: timeCell,
  category: no,
  label: no,
  key: no,
};

const noKey = 'CAST(NULL AS DOUBLE)';

/** The engine's whole numbers of at most 64 bits, which become a double as their digits do. */
const wholeTypes = /^U?(TINYINT|SMALLINT|INTEGER|BIGINT)$/;

/** The text of a NaN is a word for a missing cell, and that of an infinity is no number. */
function numberCell(cell: string, type: string, reading: TimeReading): Native | null {
  if (wholeTypes.test(type)) {
    const value = `CAST(${cell} AS DOUBLE)`;
    return { value, missing: `${cell} IS NULL`, ...numberKey(value, reading) };
  }
  if (type !== 'DOUBLE' && type !== 'FLOAT') return null;
  const value = `CASE WHEN isfinite(${cell}) THEN CAST(${cell} AS DOUBLE) END`;
  const comparable = `CAST(${cell} AS DOUBLE)`;
  return { value, missing: `(${cell} IS NULL OR isnan(${cell}))`, comparable, ...numberKey(value, reading) };
}

function numberKey(number: string, { epochUnit }: TimeReading): Pick<Native, 'key' | 'instant' | 'plainNumber'> {
  if (epochUnit === undefined) return { key: number, instant: `${number} IS NULL`, plainNumber: 'true' };
  const scale = `CAST(${literal(String(msPerUnit[epochUnit]))} AS DOUBLE)`;
  return { key: `${number} * ${scale}`, instant: 'true', plainNumber: 'true' };
}

/** Texts of other years are no ISO 8601: they have more digits, or say that they are before Christ. */
function isOfIsoYear(cell: string, type: string): string {
  return `${cell} BETWEEN ${type} '0001-01-01 00:00:00' AND ${type} '9999-12-31 23:59:59.999999'`;
}

function timeCell(cell: string, type: string, reading: TimeReading): Native | null {
  const missing = `${cell} IS NULL`;
  // A text of more than 19 digits is no epoch, and only the unsigned of 64 bits have it.
  if (wholeTypes.test(type) && type !== 'UBIGINT') {
    const number = `CAST(${cell} AS DOUBLE)`;
    const scale = msPerUnit[reading.epochUnit ?? 'milliseconds'];
    const ms = scale === 1 ? number : `round(${number} * CAST(${literal(String(scale))} AS DOUBLE))`;
    return { value: `TRY_CAST(${ms} AS BIGINT)`, missing, ...numberKey(number, reading) };
  }
  // A zone that is declared is for texts without one, and moves these instants.
  const isPlain = type === 'TIMESTAMP WITH TIME ZONE' || (type === 'TIMESTAMP' && reading.timeZone === undefined);
  if (!isPlain) return null;
  const value = `CASE WHEN ${isOfIsoYear(cell, type)} THEN epoch_ms(${cell}) END`;
  return { value, missing, key: `CAST(${value} AS DOUBLE)`, instant: 'true', plainNumber: 'false' };
}
