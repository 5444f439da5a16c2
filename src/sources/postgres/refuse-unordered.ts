import { markOf, type CursorState } from './cursor-state.ts';
import { keysOf, type Order } from './order.ts';
import { refusedCursor } from './refusals.ts';
import type { Session } from './session.ts';

/**
 * Throws invalid_data for what a cursor would pass over without a word: rows without a value in its columns, and a
 * table that began anew below it.
 */
export async function refuseUnordered(session: Session, order: Order, from: CursorState | null): Promise<void> {
  await refuseEmpty(session, order, order.column, 'column');
  await refuseEmpty(session, order, order.tieBreaker, 'tieBreaker');
  if (from !== null) await refuseAnew(session, order, from);
}

async function refuseEmpty(
  session: Session,
  { table }: Order,
  column: string,
  member: 'column' | 'tieBreaker',
): Promise<void> {
  const found = await session.rows(`select 1::text as found from ${table} where ${column} is null limit 1`);
  if (found.length > 0)
    throw refusedCursor(
      member,
      `Some rows have no value in ${column.slice(2)}: they would never be read.`,
      'Leave them out in the query (IS NOT NULL), or give them a value there.',
    );
}

/** The newest row lies before the cursor, and none of those read last is there. One row removed is no sign of it. */
async function refuseAnew(session: Session, order: Order, { window, after }: CursorState): Promise<void> {
  const [newest] = await keysOf(session, order, { isNewestFirst: true, limit: 1 });
  if (newest === undefined || markOf(newest) === markOf(after)) return;
  const seen = window?.seen ?? new Set();
  const left = await keysOf(session, order, { isNewestFirst: true, limit: 2 * seen.size + 1 });
  if (left.some((key) => seen.has(markOf(key)))) return;
  throw refusedCursor(
    'column',
    'The newest row lies before the last one that was read: the table began anew, or went back.',
    'Apply the definition with any change, a comment in the query is enough, to read it from the beginning.',
  );
}
