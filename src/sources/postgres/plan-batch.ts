import { refuseUnordered } from './refuse-unordered.ts';
import { markOf, type CursorState, type Key, type Window } from './cursor-state.ts';
import { compared, keysOf, type Order } from './order.ts';
import type { Session } from './session.ts';

/** What the next batch holds, and where it leads. */
export interface BatchPlan {
  /** Rows below the cursor that were committed after it had passed. */
  readonly late: readonly Key[];
  /** The last of the rows behind the cursor that are taken; null where there is none. */
  readonly through: Key | null;
  readonly next: CursorState;
}

/**
 * What lies behind a cursor, at most `rowsMax` rows of it: late ones first, then those after it. Null when there is
 * nothing. One transaction sees one state, so what it plans is what it copies.
 */
export async function planBatch(
  session: Session,
  order: Order,
  from: CursorState | null,
  rowsMax: number,
): Promise<BatchPlan | null> {
  const late = from === null ? [] : await lateOf(session, order, from, rowsMax);
  if (from !== null && late.length >= rowsMax) return onlyLate(from, late.slice(0, rowsMax));
  const through = await throughOf(session, order, from, rowsMax - late.length);
  const after = through ?? from?.after ?? null;
  if (after === null || (late.length === 0 && through === null)) {
    await refuseUnordered(session, order, from);
    return null;
  }
  await refuseUnordered(session, order, null);
  return { late, through, next: { after, window: await windowOf(session, order, after) } };
}

/** What a reader would have read by now, were it told to read on from here: the same place when there is nothing. */
export async function placeNow(session: Session, order: Order, from: CursorState | null): Promise<CursorState | null> {
  const [newest = null] = await behind(session, order, from, { limit: 1, isNewestFirst: true });
  const after = newest ?? from?.after ?? null;
  if (after === null) return null;
  const hasLate = from !== null && (await lateOf(session, order, from, 1)).length > 0;
  if (newest === null && !hasLate) return from;
  return { after, window: await windowOf(session, order, after) };
}

/** In their order, at most one more than `rowsMax`. */
export async function lateOf(
  session: Session,
  order: Order,
  { after, window }: CursorState,
  rowsMax: number,
): Promise<readonly Key[]> {
  if (window === null) return [];
  const { from, seen } = window;
  const lower =
    from === null ? 'true' : from.length === 1 ? `${order.column} >= $3::${order.types[0]}` : compared(order, '>=', 3);
  const keys = await keysOf(session, order, {
    where: `${compared(order, '<=', 1)} and ${lower}`,
    values: [...after, ...(from ?? [])],
    limit: seen.size + rowsMax + 1,
  });
  return keys.filter((key) => !seen.has(markOf(key))).slice(0, rowsMax + 1);
}

export async function behind(
  session: Session,
  order: Order,
  from: CursorState | null,
  ask: { readonly limit: number; readonly offset?: number; readonly isNewestFirst?: boolean },
): Promise<readonly Key[]> {
  return keysOf(session, order, from === null ? ask : { ...ask, where: compared(order, '>', 1), values: from.after });
}

/** The last row of a batch that begins behind the cursor; rows that share both columns are never parted. */
async function throughOf(session: Session, order: Order, from: CursorState | null, rows: number): Promise<Key | null> {
  if (rows < 1) return null;
  const [last] = await behind(session, order, from, { limit: 1, offset: rows - 1 });
  if (last !== undefined) return last;
  const [newest = null] = await behind(session, order, from, { limit: 1, isNewestFirst: true });
  return newest;
}

/** More came late than a batch holds: the cursor stays, and the next batch goes on behind the last of these. */
function onlyLate({ after, window }: CursorState, late: readonly Key[]): BatchPlan {
  const last = late.at(-1);
  const seen = new Set(window?.seen);
  if (last !== undefined) seen.add(markOf(last));
  return { late, through: null, next: { after, window: { from: last ?? null, seen } } };
}

/**
 * The newest rows, as far as they have been read: one that is committed late appears among them. Only there: whoever
 * writes to rows that were written long before does not wait for a commit.
 */
async function windowOf(session: Session, order: Order, after: Key): Promise<Window | null> {
  const { ms, rows } = order.overlap;
  if (rows === 0) return null;
  const from = ms === null ? null : await earlierBy(session, order, ms);
  const newest = await keysOf(session, order, {
    ...(from === null ? {} : { where: `${order.column} >= $1::${order.types[0]}`, values: [from] }),
    isNewestFirst: true,
    limit: rows,
  });
  const read = await readThrough(session, order, newest, after);
  const oldest = read.at(-1);
  if (oldest === undefined) return null;
  const isCut = newest.length === rows;
  return { from: isCut ? oldest : from === null ? null : [from], seen: new Set(read.map(markOf)) };
}

/** Those of the keys (newest first) that lie not behind `after`; which they are, the server's own order says. */
async function readThrough(
  session: Session,
  order: Order,
  newest: readonly Key[],
  after: Key,
): Promise<readonly Key[]> {
  const behindIt = await keysOf(session, order, {
    where: compared(order, '>', 1),
    values: after,
    limit: newest.length,
  });
  // Exactly these come first among the newest; with as many as were asked for, nothing of them has been read.
  const unread = new Set(behindIt.map(markOf));
  return behindIt.length === newest.length ? [] : newest.filter((key) => !unread.has(markOf(key)));
}

async function earlierBy(session: Session, order: Order, ms: number): Promise<string | null> {
  const [row] = await session.rows(
    `select (${order.column} - make_interval(secs => $1::float8))::text as earlier from ${order.table} ` +
      `where ${order.ready} order by ${order.column} desc limit 1`,
    [ms / 1_000],
  );
  return row?.['earlier'] ?? null;
}
