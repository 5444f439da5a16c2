import { sql } from 'drizzle-orm';
import type { ErasedCount, ErasurePlace } from '../../domain/record/erasure/erasure.ts';
import type { Db } from '../base/connect.ts';

export interface CountOf {
  readonly erasureId: string;
  readonly owner: string;
  readonly place: ErasurePlace;
  /** A file; empty for a table. */
  readonly item?: string;
}

/**
 * Adds rows that this transaction removes, so that no row is told twice. A dry run says how many there are instead:
 * asked again it says the same.
 */
export async function noteCount(
  tx: Db,
  { erasureId, owner, place, item = '' }: CountOf,
  rows: number,
  isDryRun: boolean,
): Promise<void> {
  if (rows === 0) return;
  const next = isDryRun ? sql`excluded.rows` : sql`erasure_count.rows + excluded.rows`;
  await tx.execute(sql`
    insert into erasure_count (erasure_id, owner, place, item, rows)
    values (${erasureId}::uuid, ${owner}, ${place}, ${item}, ${rows})
    on conflict (erasure_id, owner, place, item) do update set rows = ${next}`);
}

/** What was found so far, by owner and place. */
export async function countsOf(db: Db, erasureId: string): Promise<readonly ErasedCount[]> {
  const { rows } = await db.execute<{ owner: string; place: ErasurePlace; rows: number; files: number }>(sql`
    select owner, place, sum(rows)::float8 as rows, (count(*) filter (where item <> ''))::int as files
    from erasure_count where erasure_id = ${erasureId} group by owner, place order by owner, place`);
  return rows;
}
