import { Context } from '@temporalio/activity';
import { setTimeout as delay } from 'node:timers/promises';
import type { RolloutKey } from '../../src/domain/words/ids.ts';
import type { RolloutSpec } from '../../src/domain/spec/spec.ts';
import type { Db } from '../../src/db/base/connect.ts';
import { renewLease } from '../../src/db/routing/routing.ts';

/** When this process last renewed the lease of a model. */
const leaseRenewedMs = new Map<string, number>();

/**
 * One breath of a waiting activity: heartbeat, renew the lease well before it runs out, wait a little; throws when
 * cancelled.
 */
export async function breathe(db: Db, key: RolloutKey, plan: RolloutSpec, waitMs: number): Promise<void> {
  const context = Context.current();
  context.heartbeat();
  context.cancellationSignal.throwIfAborted();
  if (Date.now() - (leaseRenewedMs.get(key.model) ?? 0) > Math.min(plan.leaseMs / 4, 2_000)) {
    await renewLease(db, key.model, key, plan.leaseMs);
    leaseRenewedMs.set(key.model, Date.now());
  }
  await delay(waitMs, undefined, { signal: context.cancellationSignal });
}
