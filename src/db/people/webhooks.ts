import { and, asc, eq, isNull, lt, lte, sql } from 'drizzle-orm';
import type { Db } from '../base/connect.ts';
import { audit, webhook } from '../schema/index.ts';
import { cut } from '../../domain/words/cut.ts';
import { charsMax } from '../../domain/words/limits.ts';
import { dueNow } from '../base/due-now.ts';

export type WebhookRow = typeof webhook.$inferSelect;

/** Live followers of one installation: each costs a request per tick when events flow. */
export const webhooksMax = 200;

/** Adds a follower. False when there are as many as there may be. */
export async function insertWebhook(
  tx: Db,
  row: Pick<WebhookRow, 'webhookId' | 'url' | 'models' | 'types' | 'cursor' | 'createdBy' | 'tokenId'>,
): Promise<boolean> {
  // One at a time, or two could both be the last that fits. The key is "hook" in ASCII.
  await tx.execute(sql`select pg_advisory_xact_lock(${0x68_6f_6f_6b})`);
  const live = await listWebhookRows(tx);
  if (live.length >= webhooksMax) return false;
  await tx.insert(webhook).values(row);
  return true;
}

/** Live followers, oldest first, at most `webhooksMax`. */
export async function listWebhookRows(db: Db): Promise<readonly WebhookRow[]> {
  return db
    .select()
    .from(webhook)
    .where(isNull(webhook.removedAt))
    .orderBy(asc(webhook.createdAt), asc(webhook.webhookId))
    .limit(webhooksMax);
}

export async function findWebhook(db: Db, webhookId: string): Promise<WebhookRow | null> {
  const [row] = await db
    .select()
    .from(webhook)
    .where(and(eq(webhook.webhookId, webhookId), isNull(webhook.removedAt)));
  return row ?? null;
}

/** True when it was there until now. */
export async function removeWebhookRow(tx: Db, webhookId: string): Promise<boolean> {
  const rows = await tx
    .update(webhook)
    .set({ removedAt: sql`now()` })
    .where(and(eq(webhook.webhookId, webhookId), isNull(webhook.removedAt)))
    .returning({ id: webhook.webhookId });
  return rows.length > 0;
}

/** Sets the cursor; what is being delivered right now then does not move it (see `moveCursor`). */
export async function setWebhookCursor(tx: Db, webhookId: string, cursor: number): Promise<boolean> {
  const rows = await tx
    .update(webhook)
    .set({ cursor, attempts: 0, lastError: null, nextAttemptAt: dueNow })
    .where(and(eq(webhook.webhookId, webhookId), isNull(webhook.removedAt)))
    .returning({ id: webhook.webhookId });
  return rows.length > 0;
}

/** How long a claim lasts when its process ends in the middle: longer than a delivery may take. */
const claimSeconds = 30;

/** A follower that is this process's to deliver to until the claim runs out. */
export interface Claim {
  readonly row: WebhookRow;
  readonly until: Date;
}

/**
 * Takes followers with something before them whose time has come, for 30 s: two workers never deliver to one at once,
 * and no transaction stays open while a receiver thinks.
 */
export async function claimDueWebhooks(db: Db, limit: number): Promise<readonly Claim[]> {
  const due = db
    .select({ id: webhook.webhookId })
    .from(webhook)
    .where(
      and(
        isNull(webhook.removedAt),
        lte(webhook.nextAttemptAt, sql`now()`),
        lt(webhook.cursor, sql`(select coalesce(max(${audit.seq}), 0) from ${audit})`),
      ),
    )
    .orderBy(asc(webhook.nextAttemptAt))
    .limit(limit)
    .for('update', { skipLocked: true });
  const rows = await db
    .update(webhook)
    .set({ nextAttemptAt: sql`now() + ${claimSeconds} * interval '1 second'` })
    .where(sql`${webhook.webhookId} in ${due}`)
    .returning();
  return rows.map((row) => ({ row, until: row.nextAttemptAt }));
}

/**
 * Moves the cursor past what was delivered (or does not concern the follower). False when it is not ours any more: set
 * back, or claimed by another.
 */
export async function moveCursor(
  db: Db,
  { row, until }: Claim,
  from: number,
  to: number,
  isDelivered: boolean,
): Promise<boolean> {
  const told = isDelivered ? { attempts: 0, lastError: null, lastDeliveredAt: sql`now()` } : {};
  const rows = await db
    .update(webhook)
    .set({ cursor: to, ...told })
    .where(and(eq(webhook.webhookId, row.webhookId), eq(webhook.cursor, from), eq(webhook.nextAttemptAt, until)))
    .returning({ id: webhook.webhookId });
  return rows.length > 0;
}

/** Gives the claim back: at once, or after the back-off when the receiver did not take it. */
export async function releaseWebhook(
  db: Db,
  { row, until }: Claim,
  failure: { readonly error: string; readonly waitMs: number } | null,
): Promise<void> {
  const failed =
    failure === null ? {} : { attempts: sql`${webhook.attempts} + 1`, lastError: cut(failure.error, charsMax.failure) };
  await db
    .update(webhook)
    .set({ ...failed, nextAttemptAt: sql`now() + ${failure?.waitMs ?? 0} * interval '1 millisecond'` })
    .where(and(eq(webhook.webhookId, row.webhookId), eq(webhook.nextAttemptAt, until)));
}
