import { and, desc, eq, isNull, sql } from 'drizzle-orm';
import type { Db } from '../base/connect.ts';
import { snapshot } from '../schema/index.ts';

/** The snapshot of a revision of a view that was stored last: where its source is read on from. */
export async function newestViewSnapshot(db: Db, view: string, digest: string) {
  const [row] = await db
    .select()
    .from(snapshot)
    .where(
      and(
        eq(snapshot.model, view),
        eq(snapshot.kind, 'view'),
        sql`${snapshot.manifest} -> 'view' ->> 'digest' = ${digest}`,
        isNull(snapshot.filesRemovedAt),
      ),
    )
    .orderBy(desc(snapshot.createdAt))
    .limit(1);
  return row ?? null;
}
