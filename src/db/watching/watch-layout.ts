import { asc, sql } from 'drizzle-orm';
import { withTransaction, type Database, type Db } from '../base/connect.ts';
import { watchShard } from '../schema/index.ts';

/** The shards that there are now, in order; none before the first worker has started. */
export async function readWatchShards(db: Db): Promise<readonly number[]> {
  const rows = await db.select({ shard: watchShard.shard }).from(watchShard).orderBy(asc(watchShard.shard));
  return rows.map(({ shard }) => shard);
}

/**
 * Makes it `shards` shards. A change ends every lease: models belong to other shards from then on, so whoever judges
 * them under the old number may not write any more. Fences go on from the highest, so that none comes twice.
 */
export async function setWatchShards(database: Pick<Database, 'pool'>, shards: number): Promise<void> {
  await withTransaction(database, async (tx) => {
    // Two workers that start at once would both insert.
    await tx.execute(sql`lock table ${watchShard} in share row exclusive mode`);
    const rows = await tx.select().from(watchShard);
    if (rows.length === shards && rows.every((row) => row.shards === shards)) return;
    const fence = Math.max(0, ...rows.map((row) => row.fence));
    await tx.delete(watchShard);
    await tx.insert(watchShard).values(Array.from({ length: shards }, (_, shard) => ({ shard, shards, fence })));
  });
}
