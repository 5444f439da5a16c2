import { and, asc, eq, gt, lte, sql } from 'drizzle-orm';
import { cut } from '../../domain/words/cut.ts';
import { charsMax } from '../../domain/words/limits.ts';
import type { Db } from '../base/connect.ts';
import { openLineageFollower, runEvent } from '../schema/index.ts';

export type RunEventRow = typeof runEvent.$inferSelect;
export type FollowerRow = typeof openLineageFollower.$inferSelect;

/** The one row. */
const id = 1;
/** How long a claim lasts when its process ends in the middle: longer than a turn may take. */
const claimSeconds = 60;

/**
 * Says that there is a receiver, without which no run leaves an event. Law: one row by its key, written once a day and
 * when a turn is taken.
 */
export async function noteFollower(db: Db): Promise<void> {
  const isFresh = and(
    eq(openLineageFollower.id, id),
    gt(openLineageFollower.nextAttemptAt, sql`now() - interval '1 day'`),
  );
  if ((await db.$count(openLineageFollower, isFresh)) > 0) return;
  await db
    .insert(openLineageFollower)
    .values({ id })
    .onConflictDoUpdate({ target: openLineageFollower.id, set: { nextAttemptAt: sql`now()` } });
}

/** Takes the turn to tell the receiver; null while another has it, or the receiver is left alone after a failure. */
export async function claimFollower(db: Db): Promise<FollowerRow | null> {
  const [row] = await db
    .update(openLineageFollower)
    .set({ nextAttemptAt: sql`now() + ${claimSeconds} * interval '1 second'` })
    .where(sql`${eq(openLineageFollower.id, id)} and ${lte(openLineageFollower.nextAttemptAt, sql`now()`)}`)
    .returning();
  return row ?? null;
}

/** Gives the turn back: at once, or after the back-off when the receiver did not take what came. */
export async function releaseFollower(
  db: Db,
  failure: { readonly error: string; readonly waitMs: number } | null,
): Promise<void> {
  const told =
    failure === null
      ? { attempts: 0, lastError: null }
      : { attempts: sql`${openLineageFollower.attempts} + 1`, lastError: cut(failure.error, charsMax.failure) };
  await db
    .update(openLineageFollower)
    .set({ ...told, nextAttemptAt: sql`now() + ${failure?.waitMs ?? 0} * interval '1 millisecond'` })
    .where(eq(openLineageFollower.id, id));
}

/** What was not told yet, oldest first. */
export async function nextRunEvents(db: Db, rowsMax: number): Promise<readonly RunEventRow[]> {
  return db.select().from(runEvent).orderBy(asc(runEvent.eventId)).limit(rowsMax);
}

/** It was taken, or (`isRefused`) let go: told again after a death in between, it is the same event. */
export async function forgetRunEvent(db: Db, eventId: number, isRefused: boolean): Promise<void> {
  await db.delete(runEvent).where(eq(runEvent.eventId, eventId));
  const { delivered, refused } = openLineageFollower;
  const counted = isRefused
    ? { refused: sql`${refused} + 1` }
    : { delivered: sql`${delivered} + 1`, lastDeliveredAt: sql`now()` };
  await db.update(openLineageFollower).set(counted).where(eq(openLineageFollower.id, id));
}

/** How often this event was refused by now. */
export async function noteRefusal(db: Db, eventId: number): Promise<number> {
  const [row] = await db
    .update(runEvent)
    .set({ attempts: sql`${runEvent.attempts} + 1` })
    .where(eq(runEvent.eventId, eventId))
    .returning({ attempts: runEvent.attempts });
  return row?.attempts ?? 0;
}
