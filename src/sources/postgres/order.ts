import { listNames, sayNearest } from '../../domain/words/nearest-name.ts';
import type { PostgresCursor } from '../../domain/spec/source-spec.ts';
import { columnOf, tableOf, type QueryColumn } from './columns.ts';
import type { Key } from './cursor-state.ts';
import { refusedCursor } from './refusals.ts';
import type { Session, TextRow } from './session.ts';

/** Types whose text comes back as the same value, and whose order is total. */
const cursorTypes = [
  'smallint',
  'integer',
  'bigint',
  'numeric',
  'text',
  'character varying',
  'uuid',
  'timestamp with time zone',
];

/** More rows than this are not remembered, whatever the overlap says. */
export const windowRowsMax = 50_000;
const overlapMsUsual = 60_000;
const overlapRowsUsual = 1_000;

/** Among which of the newest rows late ones are looked for. */
export interface Overlap {
  /** Null where the column is no time. */
  readonly ms: number | null;
  readonly rows: number;
}

/** The rows of a query in the order of its cursor, as pieces of SQL; values travel as parameters. */
export interface Order {
  readonly table: string;
  readonly column: string;
  readonly tieBreaker: string;
  /** Type of each, for the parameters that are compared with it. */
  readonly types: readonly [column: string, tieBreaker: string];
  /** What may be read yet: a time in the future waits for its day, or it would hide all that comes before it. */
  readonly ready: string;
  readonly overlap: Overlap;
}

/** Throws invalid_data for columns that are not there, or that no order can rest on. */
export function orderOf(query: string, cursor: PostgresCursor, columns: readonly QueryColumn[]): Order {
  const type = typeOf(cursor.column, 'column', columns);
  const tieType = typeOf(cursor.tieBreaker, 'tieBreaker', columns);
  const isTime = type === 'timestamp with time zone';
  const { overlapMs, overlapRows } = cursor;
  if (overlapMs !== undefined && !isTime)
    throw refusedCursor(
      'overlapMs',
      `The column "${cursor.column}" is no time with a zone (${type}).`,
      'Declare overlapRows instead.',
    );
  if (cursor.freshMs !== undefined && !isTime)
    throw refusedCursor(
      'freshMs',
      `The column "${cursor.column}" is no time with a zone (${type}).`,
      'Leave freshMs out, or read on by a time.',
    );
  const column = columnOf(cursor.column);
  return {
    table: tableOf(query),
    column,
    tieBreaker: columnOf(cursor.tieBreaker),
    types: [type, tieType],
    ready: isTime ? `${column} <= now()` : `${column} is not null`,
    overlap:
      isTime && overlapRows === undefined
        ? { ms: overlapMs ?? overlapMsUsual, rows: overlapMs === 0 ? 0 : windowRowsMax }
        : { ms: null, rows: overlapRows ?? overlapRowsUsual },
  };
}

function typeOf(name: string, member: 'column' | 'tieBreaker', columns: readonly QueryColumn[]): string {
  const found = columns.find((column) => column.name === name);
  if (found === undefined) {
    const names = columns.map((column) => column.name);
    const said = `The query answers no column "${name}"${sayNearest(name, names) || '.'}`;
    throw refusedCursor(member, said, `It answers ${listNames(names)}.`);
  }
  if (cursorTypes.includes(found.type)) return found.type;
  const fix =
    found.type === 'timestamp without time zone'
      ? 'Say in the query in which zone it is: AT TIME ZONE.'
      : `Use a column of one of these types: ${cursorTypes.join(', ')}.`;
  throw refusedCursor(member, `The column "${name}" is ${found.type}, by which nothing is read on.`, fix);
}

/** `(column, tieBreaker) > (…)`, with the values in parameters from `$first` on. */
export function compared(order: Order, sign: '>' | '>=' | '<=', first: number): string {
  const [type, tieType] = order.types;
  return `(${order.column}, ${order.tieBreaker}) ${sign} ($${first}::${type}, $${first + 1}::${tieType})`;
}

/** How old the newest row is, in milliseconds of the server's clock; null without one. For a column of times. */
export async function newestAgeMs(session: Session, order: Order): Promise<number | null> {
  const [row] = await session.rows(
    `select (extract(epoch from now() - ${order.column}) * 1000)::text as age from ${order.table} ` +
      `where ${order.ready} order by ${order.column} desc limit 1`,
  );
  return row?.['age'] == null ? null : Number(row['age']);
}

/** The keys of rows behind `where` in the order of the cursor, or against it. */
export async function keysOf(
  session: Session,
  order: Order,
  ask: {
    readonly where?: string;
    readonly values?: readonly string[];
    readonly isNewestFirst?: boolean;
    readonly limit: number;
    readonly offset?: number;
  },
): Promise<readonly Key[]> {
  const { where = 'true', values = [], isNewestFirst = false, limit, offset = 0 } = ask;
  const down = isNewestFirst ? ' desc' : '';
  const rows = await session.rows(
    `select ${order.column}::text as c, ${order.tieBreaker}::text as t from ${order.table} ` +
      `where ${order.ready} and ${order.tieBreaker} is not null and ${where} ` +
      `order by ${order.column}${down}, ${order.tieBreaker}${down} limit ${limit} offset ${offset}`,
    values,
  );
  return rows.map(keyOf);
}

function keyOf({ c, t }: TextRow): Key {
  return [c ?? '', t ?? ''];
}
