import { Context } from '@temporalio/activity';
import { setTimeout as delay } from 'node:timers/promises';
import type { RolloutKey } from '../../src/domain/words/ids.ts';
import type { RolloutSpec } from '../../src/domain/spec/spec.ts';
import type { Ear } from '../../src/db/base/bell.ts';
import type { Db } from '../../src/db/base/connect.ts';
import { renewLease } from '../../src/db/routing/routing.ts';

/** When this process last renewed the lease of a model. */
const leaseRenewedMs = new Map<string, number>();

/**
 * One breath of a waiting activity: heartbeat, renew the lease well before it runs out, wait a little, or until the ear
 * hears something; throws when cancelled.
 */
export async function breathe(
  db: Db,
  key: RolloutKey,
  plan: RolloutSpec,
  waitMs: number,
  ear?: Pick<Ear, 'wait'>,
): Promise<void> {
  const context = Context.current();
  context.heartbeat();
  context.cancellationSignal.throwIfAborted();
  if (Date.now() - (leaseRenewedMs.get(key.model) ?? 0) > Math.min(plan.leaseMs / 4, 2_000)) {
    await renewLease(db, key.model, key, plan.leaseMs);
    leaseRenewedMs.set(key.model, Date.now());
  }
  const signal = context.cancellationSignal;
  await (ear === undefined ? delay(waitMs, undefined, { signal }) : ear.wait(waitMs, signal));
}
