import type { Db } from '../../base/connect.ts';
import { sealedStretch } from '../../schema/log.ts';

/** Writes a sealed stretch down; the one that is there already stays, whoever sealed it. */
export async function putStretch(db: Db, row: typeof sealedStretch.$inferInsert): Promise<void> {
  await db.insert(sealedStretch).values(row).onConflictDoNothing();
}
