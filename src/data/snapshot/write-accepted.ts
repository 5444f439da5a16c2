import type { CellRole } from '../../domain/cells/cell-role.ts';
import { msPerUnit, plausibleMs } from '../../domain/cells/read-instant.ts';
import { bareEventTimeOf } from '../../domain/contract/contract-columns.ts';
import { PerennialError } from '../../domain/words/errors.ts';
import type { SnapshotColumn } from '../../domain/training/snapshot.ts';
import type { RowsSpec } from '../../domain/spec/columns/rows-spec.ts';
import type { CheckedRows } from '../contract/check-rows.ts';
import type { NamedColumn } from '../contract/checked-columns.ts';
import type { Duck } from '../duck/connect.ts';
import type { OpenTable } from '../read/table-file.ts';
import { baseOf, rawRow } from '../read/read-lossless.ts';
import { identifier, literal, numeric } from '../duck/sql.ts';

export interface AcceptedFile {
  readonly schema: readonly SnapshotColumn[];
  /** False where the event time orders rows and is no instant. */
  readonly hasInstants: boolean;
}

/** The value of an event time whose numbers are epoch milliseconds. */
const instantSql = 'CAST(round(event_key) AS BIGINT)';

/**
 * Of rows that are written once per ingest. A quick level of zstd and no Bloom filters take less time for some more
 * bytes; nobody looks for single values in these files. A dictionary of more words than these is given up early: that
 * of a column of measurements is as large as the column.
 */
export const acceptedOptions = `(FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL -1, DICTIONARY_SIZE_LIMIT 6000,
  WRITE_BLOOM_FILTER false, ROW_GROUP_SIZE 100000)`;

/** zstd and a fixed group size: part of what makes the bytes the same every time. */
export const parquetOptions = '(FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 100000)';

const typeOfRole: Record<CellRole, SnapshotColumn['type']> = {
  number: 'DOUBLE',
  boolean: 'BOOLEAN',
  time: 'BIGINT',
  category: 'VARCHAR',
  label: 'VARCHAR',
  key: 'VARCHAR',
};

/**
 * Writes the good rows of `checked` in order. `_order` is their dense rank by (event time, place in the file), or by
 * place alone, starting at `orderOffset`. A column that is only the event time becomes BIGINT: epoch milliseconds when
 * all of it is plausible as such, otherwise millionths of the number (it orders rows and means nothing else).
 */
export async function writeAccepted(
  duck: Duck,
  spec: RowsSpec,
  checked: CheckedRows,
  path: string,
  orderOffset: number,
): Promise<AcceptedFile> {
  const eventTime = await eventTimeSql(duck, 'checked', 'event_instant');
  const bare = bareEventTimeOf(spec);
  const schema = acceptedSchema(spec, checked.columns);
  const list = checked.columns.map(({ name, value }) => `${name === bare ? eventTime : value} AS ${identifier(name)}`);
  const ranking = checked.hasEventTime && spec.eventTime !== null ? 'event_key, n' : 'n';
  const [over, order] = (await isInOrder(duck, ranking)) ? ['', ''] : [`ORDER BY ${ranking}`, 'ORDER BY _order'];
  const [count] = await duck.rows(
    // Of no rows, as where all of them were erased, the engine counts NULL.
    `SELECT CAST(coalesce(count_if(bad), 0) AS DOUBLE) AS broken, CAST(coalesce(count_if(NOT bad), 0) AS DOUBLE) AS good
      FROM checked`,
  );
  const rows = goodRows(checked, count?.['broken'] === 0);
  const [written] = await duck.rows(`COPY (SELECT ${list.join(', ')},
    CAST(row_number() OVER (${over}) - 1 + ${orderOffset} AS BIGINT) AS _order FROM ${rows} ${order})
    TO ${literal(path)} ${acceptedOptions}`);
  if (Number(written?.['Count']) !== count?.['good'])
    throw new PerennialError('internal', 'the rows that were written are not those that were accepted');
  const hasInstants = bare === null || eventTime === instantSql;
  return { schema, hasInstants };
}

/** The accepted rows with all their values, in the order of `checked`: from there, or from their source once more. */
function goodRows({ valuesSql, epoch }: CheckedRows, isAllGood: boolean): string {
  if (valuesSql === null) return 'checked WHERE NOT bad';
  const key = epoch === null ? 'event_key' : `event_key * ${numeric(msPerUnit[epoch.unit])}`;
  // Not by an anti join, which may answer in the order of its other side.
  const isGood = isAllGood ? '' : 'WHERE n NOT IN (SELECT n FROM checked WHERE bad)';
  return `(SELECT * REPLACE (${key} AS event_key) FROM (${valuesSql})) ${isGood}`;
}

/** Whether the accepted rows lie in this order already, as in most files: then nothing has to be sorted or held. */
async function isInOrder(duck: Duck, ranking: 'event_key, n' | 'n'): Promise<boolean> {
  const isTimed = ranking !== 'n' ? 'AND coalesce(event_key >= lag(event_key) OVER (), true)' : '';
  const [row] = await duck.rows(`SELECT coalesce(bool_and(is_later), true) AS sorted FROM (
    SELECT coalesce(n > lag(n) OVER (), true) ${isTimed} AS is_later FROM checked WHERE NOT bad)`);
  return row?.['sorted'] === true;
}

/** The columns of accepted rows and their types. */
export function acceptedSchema(spec: RowsSpec, columns: readonly NamedColumn[]): readonly SnapshotColumn[] {
  const bare = bareEventTimeOf(spec);
  return [
    ...columns.map(({ name, role }): SnapshotColumn => ({ name, type: name === bare ? 'BIGINT' : typeOfRole[role] })),
    { name: '_order', type: 'BIGINT' },
  ];
}

/**
 * The value of a bare event time from `event_key` of these rows (with `bad` as well): epoch milliseconds where one of
 * them is known to be an instant (`isInstant`, SQL), or where all lie from 1973 to 9999 as such; otherwise numbers that
 * order rows and mean nothing else.
 */
export async function eventTimeSql(duck: Duck, rows: string, isInstant = 'false'): Promise<string> {
  const isPlausible = `event_key BETWEEN ${plausibleMs.from} AND ${plausibleMs.through}`;
  const [row] = await duck.rows(
    `SELECT coalesce(bool_and(${isPlausible}) OR bool_or(${isInstant}),
      true) AS plausible FROM ${rows} WHERE NOT bad AND event_key IS NOT NULL`,
  );
  return row?.['plausible'] === true ? instantSql : 'TRY_CAST(round(event_key * 1e6) AS BIGINT)';
}

/**
 * Writes what was refused, as it stood in the source, with its line and the ids of the rules it broke. Reads the source
 * again.
 */
export async function writeQuarantine(
  duck: Duck,
  table: OpenTable,
  path: string,
  origin: { readonly contractDigest: string; readonly sourceDigest: string },
): Promise<void> {
  await duck.run(`COPY (SELECT line AS _line, raw, ids AS rule_ids, ${literal(origin.contractDigest)} AS
    contract_digest, ${literal(origin.sourceDigest)} AS source_digest, ${literal(readingOf(table))} AS reading FROM (
    SELECT bad_rows.line, ${rawRow(table)} AS raw, bad_rows.ids FROM ${baseOf(table)} AS source
      JOIN (SELECT n AS bad_n, line, ids FROM checked WHERE bad) AS bad_rows ON source.n = bad_n
    UNION ALL SELECT line, raw, [rule] FROM rejected_rows
  ) ORDER BY _line, raw) TO ${literal(path)} ${parquetOptions}`);
}

/** How cells were read, so that a row can be read again alike: a 1,5 of this file may be one and a half. */
function readingOf({ format, csv }: OpenTable): string {
  const commas = csv?.columns.flatMap((name, index) => {
    const meaning = csv.commas[index] ?? null;
    return meaning === null ? [] : [[name, meaning] as const];
  });
  return JSON.stringify({ format, commas: Object.fromEntries(commas ?? []) });
}
