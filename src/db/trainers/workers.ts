import { and, asc, eq, gt, ne, or, sql } from 'drizzle-orm';
import { withTransaction, type Database, type Db } from '../base/connect.ts';
import { trainerWorker } from '../schema/index.ts';

export type WorkerRow = typeof trainerWorker.$inferSelect;
export type SaidWorker = Omit<typeof trainerWorker.$inferInsert, 'since' | 'seenAt'>;

/** A worker that has said nothing for so long is gone. */
export const goneAfterSeconds = 60;
/** Workers that are there at once; planned for a hundred. */
export const workersMax = 1_000;

const isThere = gt(trainerWorker.seenAt, sql`now() - ${goneAfterSeconds} * interval '1 second'`);

/** Writes down that a worker is there; false when there are too many others. One that was gone is there anew. */
export async function noteWorker(database: Pick<Database, 'pool'>, said: SaidWorker): Promise<boolean> {
  return withTransaction(database, async (tx) => {
    const isOther = or(ne(trainerWorker.tokenId, said.tokenId), ne(trainerWorker.name, said.name));
    const [others] = await tx
      .select({ count: sql<number>`count(*)::int` })
      .from(trainerWorker)
      .where(and(isThere, isOther));
    if ((others?.count ?? 0) >= workersMax) return false;
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
    return true;
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
