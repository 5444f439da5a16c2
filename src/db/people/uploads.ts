import { and, eq, gt, lt, sql } from 'drizzle-orm';
import type { Db } from '../base/connect.ts';
import { upload } from '../schema/index.ts';

const windowHours = 24;
const windowStart = sql`now() - ${windowHours} * interval '1 hour'`;

/**
 * Sets aside what a file may have of the quota of its token, before its first byte: `wanted` bytes, or what is left of
 * `bytesPerDay` when that is less and `isLessEnough`. Null when nothing that would do is left. Of two at once the
 * second sees the first.
 */
export async function reserveUpload(
  tx: Db,
  ask: {
    readonly uploadId: string;
    readonly tokenId: string;
    readonly wanted: number;
    readonly isLessEnough: boolean;
    readonly bytesPerDay: number;
  },
): Promise<number | null> {
  await tx.execute(sql`select pg_advisory_xact_lock(hashtext('upload'), hashtext(${ask.tokenId}))`);
  await tx.delete(upload).where(lt(upload.startedAt, windowStart));
  const [used] = await tx
    .select({ bytes: sql<string>`coalesce(sum(${upload.bytes}), 0)` })
    .from(upload)
    .where(and(eq(upload.tokenId, ask.tokenId), gt(upload.startedAt, windowStart)));
  const left = ask.bytesPerDay - Number(used?.bytes ?? 0);
  const bytes = ask.isLessEnough ? Math.min(ask.wanted, left) : ask.wanted;
  if (bytes <= 0 || bytes > left) return null;
  await tx.insert(upload).values({ uploadId: ask.uploadId, tokenId: ask.tokenId, bytes });
  return bytes;
}

/** What really came, whole or cut off: that is what counts from then on. */
export async function settleUpload(db: Db, uploadId: string, bytes: number): Promise<void> {
  await db.update(upload).set({ bytes }).where(eq(upload.uploadId, uploadId));
}
