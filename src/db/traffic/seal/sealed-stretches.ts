import { sql } from 'drizzle-orm';
import type { Db } from '../../base/connect.ts';
import { sealedStretch } from '../../schema/log.ts';

/** Writes a sealed stretch down; the one that is there already stays, whoever sealed it. */
export async function putStretch(db: Db, row: typeof sealedStretch.$inferInsert): Promise<void> {
  await db.insert(sealedStretch).values(row).onConflictDoNothing();
}

/** What is sealed of a model, by kind: for pages, retention and people. */
export async function sealedTotals(
  db: Db,
  model: string,
): Promise<
  readonly { readonly kind: string; readonly files: number; readonly rows: number; readonly bytes: number }[]
> {
  const result = await db.execute<{ kind: string; files: number; rows: number; bytes: number }>(sql`
    select kind, count(*)::int as files, sum(rows)::float8 as rows, sum(bytes)::float8 as bytes from sealed_stretch
    where model = ${model} group by kind order by kind`);
  return result.rows;
}
