import { and, asc, eq, gt, sql } from 'drizzle-orm';
import type { Db } from '../base/connect.ts';
import { pushedBatch, pushStream } from '../schema/index.ts';

export type PushedToErase = typeof pushedBatch.$inferSelect;

/** The next batch of pushed rows of a model or view; null behind the last one. */
export async function nextPushed(db: Db, owner: string, afterRow: number): Promise<PushedToErase | null> {
  const [row] = await db
    .select()
    .from(pushedBatch)
    .where(and(eq(pushedBatch.model, owner), gt(pushedBatch.lastRow, afterRow)))
    .orderBy(asc(pushedBatch.lastRow))
    .limit(1);
  return row ?? null;
}

/** Puts other lines behind a batch; false when it was joined to another one since. */
export async function replacePushed(
  tx: Db,
  { model, lastRow, rows, digest }: PushedToErase,
  next: { readonly body: Buffer | null; readonly digest: string | null; readonly bytes: number },
): Promise<boolean> {
  await tx.select().from(pushStream).where(eq(pushStream.model, model)).for('update');
  const done = await tx
    .update(pushedBatch)
    .set(next)
    .where(
      and(
        eq(pushedBatch.model, model),
        eq(pushedBatch.lastRow, lastRow),
        eq(pushedBatch.rows, rows),
        digest === null ? sql`${pushedBatch.digest} is null` : eq(pushedBatch.digest, digest),
      ),
    )
    .returning({ model: pushedBatch.model });
  return done.length > 0;
}
