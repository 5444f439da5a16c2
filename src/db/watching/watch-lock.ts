import { sql } from 'drizzle-orm';
import { withTransaction, type Database } from '../base/connect.ts';

/** "prnw" in ASCII; the second key of the lock is the shard. */
const watchLockKey = 0x70_72_6e_77;
/** Below the time-out of the activity: whoever waits gives up by itself. */
const waitMsMax = 20_000;

/**
 * Runs `work` while no other process judges windows of this shard; null when somebody else does for too long. Two at
 * once could put an older window's correction over a newer one. The lock goes with its connection, also after `kill
 * -9`.
 */
export async function withWatchLock<T>(
  database: Pick<Database, 'pool'>,
  shard: number,
  work: () => Promise<T>,
): Promise<T | null> {
  return withTransaction(database, async (tx) => {
    await tx.execute(sql`select set_config('lock_timeout', ${String(waitMsMax)}, true)`);
    await tx.execute(sql`select pg_advisory_xact_lock(${watchLockKey}, ${shard})`);
    return work();
  }).catch((error: unknown) => {
    if (isLockTimeout(error)) return null;
    throw error;
  });
}

function isLockTimeout(error: unknown): boolean {
  for (let at: unknown = error, depth = 0; at instanceof Error && depth < 5; at = at.cause, depth++)
    if ('code' in at && at.code === '55P03') return true;
  return false;
}
