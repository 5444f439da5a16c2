import { beforeEach, expect, test } from 'vitest';
import { withTransaction } from '../base/connect.ts';
import { readWatchShards, setWatchShards } from './watch-layout.ts';
import { assertLease, endLease, renewWatchLease, takeLease, WatchLeaseLost, type WatchLease } from './watch-lease.ts';
import { openTestDatabase } from '../../../tests/worlds/opened-database.ts';

const { database } = await openTestDatabase();
beforeEach(async () => {
  await database.pool.query('delete from watch_shard');
  await setWatchShards(database, 2);
});

async function taken(shard: number, shards: number, holder: string): Promise<WatchLease> {
  const lease = await takeLease(database.db, { shard, shards }, holder);
  if (typeof lease === 'string') throw new Error(`shard ${shard} is ${lease}`);
  return lease;
}

/** As if its holder had slept for longer than the lease lasts. */
const runOut = ({ shard }: WatchLease) =>
  database.pool.query("update watch_shard set lease_until = clock_timestamp() - interval '1 s' where shard = $1", [
    shard,
  ]);

const writeUnder = (lease: WatchLease) =>
  withTransaction(database, async (tx) => {
    await assertLease(tx, lease);
    return 'written';
  });

test('one holds a shard, another shard is free, and an ended lease is taken at once', async () => {
  const first = await taken(0, 2, 'a');
  expect(await takeLease(database.db, { shard: 0, shards: 2 }, 'b')).toBe('held');
  await endLease(database.db, await taken(1, 2, 'b'));
  await endLease(database.db, first);
  const second = await taken(0, 2, 'b');
  expect(second.fence).toBeGreaterThan(first.fence);
  await endLease(database.db, second);
});

test('a holder that wakes up after its lease writes nothing, renews nothing, and ends nobody else’s', async () => {
  const old = await taken(0, 2, 'old');
  expect(await writeUnder(old)).toBe('written');
  await runOut(old);
  await expect(writeUnder(old)).rejects.toBeInstanceOf(WatchLeaseLost);
  const next = await taken(0, 2, 'next');
  await expect(writeUnder(old)).rejects.toBeInstanceOf(WatchLeaseLost);
  expect(await renewWatchLease(database.db, old)).toBe(false);
  await endLease(database.db, old);
  expect(await writeUnder(next)).toBe('written');
  await endLease(database.db, next);
});

test('nobody takes a shard while a transaction under its lease is under way', async () => {
  const lease = await taken(0, 2, 'a');
  const events: string[] = [];
  let commit: (() => void) | null = null;
  const writing = withTransaction(database, async (tx) => {
    await assertLease(tx, lease);
    await new Promise<void>((resolve) => (commit = resolve));
    events.push('written');
  });
  await expect.poll(() => commit).not.toBe(null);
  // The lease is over, and whoever wants the shard waits for the transaction all the same.
  const next = runOut(lease)
    .then(() => taken(0, 2, 'b'))
    .then((found) => {
      events.push('taken');
      return found;
    });
  await expect
    .poll(async () => (await database.pool.query('select 1 from pg_locks where not granted')).rowCount)
    .toBeGreaterThan(0);
  expect(events).toEqual([]);
  (commit as (() => void) | null)?.();
  await writing;
  await endLease(database.db, await next);
  expect(events).toEqual(['written', 'taken']);
});

test('another number of shards ends every lease, and no fence comes twice', async () => {
  const old = await taken(0, 2, 'a');
  await setWatchShards(database, 4);
  expect(await readWatchShards(database.db)).toEqual([0, 1, 2, 3]);
  await expect(writeUnder(old)).rejects.toBeInstanceOf(WatchLeaseLost);
  expect(await takeLease(database.db, { shard: 0, shards: 2 }, 'a')).toBe('gone');
  const next = await taken(0, 4, 'a');
  expect(next.fence).toBeGreaterThan(old.fence);
  await setWatchShards(database, 4);
  expect(await writeUnder(next)).toBe('written');
  await setWatchShards(database, 2);
  expect(await readWatchShards(database.db)).toEqual([0, 1]);
});
