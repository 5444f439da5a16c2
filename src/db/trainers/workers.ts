import { and, asc, eq, gt, ne, not, or, sql } from 'drizzle-orm';
import { withTransaction, type Database, type Db } from '../base/connect.ts';
import { trainerWorker } from '../schema/index.ts';

export type WorkerRow = typeof trainerWorker.$inferSelect;
export type SaidWorker = Omit<typeof trainerWorker.$inferInsert, 'since' | 'seenAt'>;

/** A worker that has said nothing for so long is gone. */
export const goneAfterSeconds = 60;
/** Workers that are there at once; planned for a hundred. */
export const workersMax = 1_000;
/** Of one token: it cannot take the places of all others. */
export const workersOfTokenMax = 200;

const isThere = gt(trainerWorker.seenAt, sql`now() - ${goneAfterSeconds} * interval '1 second'`);

/**
 * Writes down that a worker is there, unless too many others are. One that was gone is there anew; those of its token
 * that are gone are forgotten.
 */
export async function noteWorker(
  database: Pick<Database, 'pool'>,
  said: SaidWorker,
): Promise<'noted' | 'full' | 'full for the token'> {
  return withTransaction(database, async (tx) => {
    // Counted one after the other.
    await tx.execute(sql`select pg_advisory_xact_lock(hashtext('trainer_worker'))`);
    const isOfToken = eq(trainerWorker.tokenId, said.tokenId);
    const isOther = ne(trainerWorker.name, said.name);
    await tx.delete(trainerWorker).where(and(isOfToken, isOther, not(isThere)));
    const [others] = await tx
      .select({
        all: sql<number>`count(*)::int`,
        ofToken: sql<number>`(count(*) filter (where ${isOfToken}))::int`,
      })
      .from(trainerWorker)
      .where(and(isThere, or(not(isOfToken), isOther)));
    if ((others?.all ?? 0) >= workersMax) return 'full';
    if ((others?.ofToken ?? 0) >= workersOfTokenMax) return 'full for the token';
    await tx
      .insert(trainerWorker)
      .values(said)
      .onConflictDoUpdate({
        target: [trainerWorker.tokenId, trainerWorker.name],
        set: {
          ...said,
          seenAt: sql`now()`,
          since: sql`case when ${isThere} then ${trainerWorker.since} else now() end`,
        },
      });
    return 'noted';
  });
}

/** Workers that are there, by queue and name; at most 1,000. */
export async function workersThere(db: Db, queue: string | null = null): Promise<readonly WorkerRow[]> {
  return db
    .select()
    .from(trainerWorker)
    .where(and(isThere, ...(queue === null ? [] : [eq(trainerWorker.queue, queue)])))
    .orderBy(asc(trainerWorker.queue), asc(trainerWorker.name), asc(trainerWorker.tokenId))
    .limit(workersMax);
}
