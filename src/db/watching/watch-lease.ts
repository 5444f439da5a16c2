import { and, eq, gt, isNull, lte, or, sql } from 'drizzle-orm';
import { PerennialError } from '../../domain/words/errors.ts';
import type { Db } from '../base/connect.ts';
import { watchShard } from '../schema/index.ts';

/** Without a renewal a holder is taken for dead after this. */
export const watchLeaseMs = 20_000;

export interface WatchShard {
  readonly shard: number;
  readonly shards: number;
}

/** The right to write verdicts about the models of one shard, until it runs out or somebody else has a higher fence. */
export interface WatchLease extends WatchShard {
  readonly holder: string;
  readonly fence: number;
}

/** Thrown by `assertLease`: another one judges this shard now, so nothing may be written any more. */
export class WatchLeaseLost extends PerennialError {
  constructor({ shard, fence }: WatchLease) {
    super('conflict', `shard ${shard} of the watch is held by somebody else since lease ${fence}`, {
      hint: 'Nothing need be done: who holds it judges what is left.',
    });
    this.name = 'WatchLeaseLost';
  }
}

const clock = sql`clock_timestamp()`;
const leaseEnd = sql`clock_timestamp() + make_interval(secs => ${watchLeaseMs / 1_000})`;

/**
 * Takes the shard when nobody holds it. `held` while somebody does, `gone` when there is no such shard (the number of
 * shards is another by now): whoever asked then judges nothing.
 */
export async function takeLease(
  db: Db,
  { shard, shards }: WatchShard,
  holder: string,
): Promise<WatchLease | 'held' | 'gone'> {
  const [taken] = await db
    .update(watchShard)
    .set({ fence: sql`${watchShard.fence} + 1`, holder, leaseUntil: leaseEnd })
    .where(
      and(
        eq(watchShard.shard, shard),
        eq(watchShard.shards, shards),
        or(isNull(watchShard.leaseUntil), lte(watchShard.leaseUntil, clock)),
      ),
    )
    .returning({ fence: watchShard.fence });
  if (taken !== undefined) return { shard, shards, holder, fence: taken.fence };
  const [row] = await db
    .select({ shard: watchShard.shard })
    .from(watchShard)
    .where(and(eq(watchShard.shard, shard), eq(watchShard.shards, shards)));
  return row === undefined ? 'gone' : 'held';
}

/** False when the lease has been lost meanwhile; it is not taken back. */
export async function renewWatchLease(db: Db, lease: WatchLease): Promise<boolean> {
  const rows = await db
    .update(watchShard)
    .set({ leaseUntil: leaseEnd })
    .where(isHeld(lease))
    .returning({ shard: watchShard.shard });
  return rows.length > 0;
}

/** Lets the next one in at once; does nothing when the lease is somebody else's by now. */
export async function endLease(db: Db, lease: WatchLease): Promise<void> {
  await db.update(watchShard).set({ leaseUntil: null, holder: null }).where(isHeld(lease));
}

/**
 * To be called first in every transaction that writes under a lease: nobody can take the shard before that transaction
 * has ended. Throws `WatchLeaseLost`.
 */
export async function assertLease(tx: Db, lease: WatchLease): Promise<void> {
  const rows = await tx.select({ shard: watchShard.shard }).from(watchShard).where(isHeld(lease)).for('share');
  if (rows.length === 0) throw new WatchLeaseLost(lease);
}

function isHeld({ shard, shards, fence, holder }: WatchLease) {
  return and(
    eq(watchShard.shard, shard),
    eq(watchShard.shards, shards),
    eq(watchShard.fence, fence),
    eq(watchShard.holder, holder),
    gt(watchShard.leaseUntil, clock),
  );
}
