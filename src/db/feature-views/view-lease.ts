import { randomUUID } from 'node:crypto';
import type { Database } from '../base/connect.ts';
import type { OnlineKey } from './online-build.ts';

/**
 * A worker that is killed keeps the others from a view for so long at most. Three renewals fall into it: a process that
 * is busy for some seconds keeps its right.
 */
const viewLeaseMs = 20_000;

/**
 * Does `work` unless another process is at this revision; false when one is. No connection is held meanwhile: the right
 * is a row that ends by itself `leaseMs` after it was last renewed. Whoever loses it goes on to the end of its work,
 * and harms nobody: each batch is stored by one of those who read it, and each row counts once.
 */
export async function underViewLease(
  { pool }: Pick<Database, 'pool'>,
  { view, digest }: OnlineKey,
  work: () => Promise<void>,
  leaseMs = viewLeaseMs,
): Promise<boolean> {
  const holder = randomUUID();
  const taken = await pool.query(
    `update online_view set lease_holder = $3, lease_until = now() + $4 * interval '1 millisecond'
     where view = $1 and digest = $2 and (lease_until is null or lease_until <= now())`,
    [view, digest, holder, leaseMs],
  );
  if (taken.rowCount === 0) return false;
  let renewing: Promise<unknown> = Promise.resolve();
  const renew = (): void => {
    renewing = pool
      .query(
        `update online_view set lease_until = now() + $4 * interval '1 millisecond'
         where view = $1 and digest = $2 and lease_holder = $3`,
        [view, digest, holder, leaseMs],
      )
      // The next one may get through; if none does, the right ends.
      .catch(() => undefined);
  };
  const timer = setInterval(renew, leaseMs / 3);
  timer.unref();
  try {
    await work();
    return true;
  } finally {
    clearInterval(timer);
    await renewing;
    await pool
      .query(
        `update online_view set lease_holder = null, lease_until = null
         where view = $1 and digest = $2 and lease_holder = $3`,
        [view, digest, holder],
      )
      // It ends by itself.
      .catch(() => undefined);
  }
}
