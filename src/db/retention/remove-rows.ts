import { sql, type SQL } from 'drizzle-orm';
import type { Db } from '../base/connect.ts';
import { removal } from '../schema/index.ts';

/** What one batch removed; `bytes` are those of the rows, without indexes. */
export interface Removed {
  readonly rows: number;
  readonly bytes: number;
}

export interface RemovalBatch {
  /** `*` for what belongs to no model. */
  readonly model: string;
  readonly table: string;
  /** Of the row `t`. */
  readonly isOver: SQL;
  readonly rowsMax: number;
}

/**
 * Deletes at most `rowsMax` rows and notes how many they were. What somebody else has locked waits for the next batch.
 */
export async function removeRows(tx: Db, { model, table, isOver, rowsMax }: RemovalBatch): Promise<Removed> {
  const name = sql.identifier(table);
  const { rows } = await tx.execute<{ rows: number; bytes: number }>(sql`
    with over as (select t.ctid, t.tableoid from ${name} t where ${isOver} limit ${rowsMax}
        for update of t skip locked),
      gone as (delete from ${name} t using over where t.ctid = over.ctid and t.tableoid = over.tableoid
        returning pg_column_size(t.*) as bytes)
    select count(*)::int as rows, coalesce(sum(bytes), 0)::float8 as bytes from gone`);
  const removed = rows[0] ?? { rows: 0, bytes: 0 };
  await noteRemoval(tx, model, table, removed);
  return removed;
}

/** Adds to what the next report tells. `what` is a table, or a word for files. */
export async function noteRemoval(tx: Db, model: string, what: string, { rows, bytes }: Removed): Promise<void> {
  if (rows === 0) return;
  await tx
    .insert(removal)
    .values({ model, what, rows, bytes })
    .onConflictDoUpdate({
      target: [removal.model, removal.what],
      set: { rows: sql`${removal.rows} + excluded.rows`, bytes: sql`${removal.bytes} + excluded.bytes` },
    });
}
