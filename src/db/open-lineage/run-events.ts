import { and, asc, eq, gt, isNotNull, isNull, lte, sql } from 'drizzle-orm';
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

/** What was not told yet, oldest first, without what is set aside. */
export async function nextRunEvents(db: Db, rowsMax: number): Promise<readonly RunEventRow[]> {
  return db.select().from(runEvent).where(isNull(runEvent.setAsideAt)).orderBy(asc(runEvent.eventId)).limit(rowsMax);
}

/** Of what is set aside, what is due to be sent again. */
export async function dueSetAside(db: Db, rowsMax: number): Promise<readonly RunEventRow[]> {
  return db
    .select()
    .from(runEvent)
    .where(and(isNotNull(runEvent.setAsideAt), lte(runEvent.againAt, sql`now()`)))
    .orderBy(asc(runEvent.againAt))
    .limit(rowsMax);
}

const againSecondsMin = 3_600;
const againSecondsMax = 86_400;

/** Those behind it are told without it; it is sent again within the hour. */
export async function setAside(db: Db, eventId: number): Promise<void> {
  const moved = await db
    .update(runEvent)
    .set({ setAsideAt: sql`now()`, againAt: sql`now() + ${againSecondsMin} * interval '1 second'` })
    .where(and(eq(runEvent.eventId, eventId), isNull(runEvent.setAsideAt)))
    .returning({ eventId: runEvent.eventId });
  if (moved.length === 0) return;
  const { refused } = openLineageFollower;
  await db
    .update(openLineageFollower)
    .set({ refused: sql`${refused} + 1` })
    .where(eq(openLineageFollower.id, id));
}

/** It was not taken again: after twice as long, a day at most. */
export async function waitLonger(db: Db, eventId: number): Promise<void> {
  const waited = sql`now() - ${runEvent.setAsideAt}`;
  const bounded = sql`greatest(least(${waited}, make_interval(secs => ${againSecondsMax})),
    make_interval(secs => ${againSecondsMin}))`;
  await db
    .update(runEvent)
    .set({ againAt: sql`now() + ${bounded}` })
    .where(eq(runEvent.eventId, eventId));
}

/** It was taken, or (`isRefused`) can never be: told again after a death in between, it is the same event. */
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
