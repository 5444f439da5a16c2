import { findRollout } from '../../src/db/routing/rollouts.ts';
import type { ActivityDependencies } from '../dependencies.ts';
import { breathe } from './breathe.ts';
import { planOf, type RolloutRef } from './plan-of.ts';

/** How long one activity stays with a hold, which may last for days: one an hour keeps the history short. */
const holdStayMsMax = 3_600_000;

export function keepLeaseActivities({ database }: ActivityDependencies) {
  const { db } = database;

  async function keepLease({ key }: RolloutRef): Promise<void> {
    const row = await findRollout(db, key);
    if (row === null) return;
    const plan = await planOf(db, row);
    const deadlineMs = Date.now() + holdStayMsMax;
    while (Date.now() < deadlineMs) await breathe(db, key, plan, Math.min(plan.leaseMs / 4, 2_000));
  }

  return { keepLease };
}
