import { Context } from '@temporalio/activity';
import type { Ear } from '../../src/db/base/bell.ts';
import type { Db } from '../../src/db/base/connect.ts';
import { renewAbTestLease, type AbTestKey } from '../../src/db/routing/ab-tests.ts';

/** When this process last renewed the lease of a model's test. */
const leaseRenewedMs = new Map<string, number>();

/** One breath of a waiting activity, as those of rollouts: heartbeat, lease, a little wait; throws when cancelled. */
export async function attendAbTest(
  db: Db,
  key: AbTestKey,
  leaseMs: number,
  waitMs: number,
  ear: Pick<Ear, 'wait'>,
): Promise<void> {
  const context = Context.current();
  context.heartbeat();
  context.cancellationSignal.throwIfAborted();
  if (Date.now() - (leaseRenewedMs.get(key.model) ?? 0) > Math.min(leaseMs / 4, 2_000)) {
    await renewAbTestLease(db, key, leaseMs);
    leaseRenewedMs.set(key.model, Date.now());
  }
  await ear.wait(waitMs, context.cancellationSignal);
}
