import type { StepOutcome } from '../../src/domain/record/runs.ts';
import { isOpenRollout } from '../../src/domain/rollout/routing.ts';
import { findRollout } from '../../src/db/routing/rollouts.ts';
import type { ActivityDependencies } from '../dependencies.ts';
import { breathe } from './breathe.ts';
import { planOf, type RolloutRef } from './plan-of.ts';
import { watchHarm } from './watch-harm.ts';

/** How long one activity stays with a hold, which may last for days: one an hour keeps the history short. */
const holdStayMsMax = 3_600_000;

export function keepLeaseActivities(deps: ActivityDependencies) {
  const { db } = deps.database;

  /**
   * Renews the lease of a held challenger, which goes on answering its share, and looks at it for harm. `isHeard` says
   * that the workflow ends its hold when it is told that the rollout is over; older runs would only ask again at once.
   * `untilMs` is the end of a freeze window that is waited for.
   */
  async function keepLease({
    key,
    isHeard = false,
    untilMs,
  }: RolloutRef & { readonly isHeard?: boolean; readonly untilMs?: number }): Promise<StepOutcome> {
    const first = await findRollout(db, key);
    if (first === null) return { outcome: 'gone', reason: 'the rollout does not exist' };
    const plan = await planOf(db, first);
    const deadlineMs = Math.min(Date.now() + holdStayMsMax, untilMs ?? Infinity);
    const waitsFor = untilMs === undefined ? 'held for a person' : 'a freeze window';
    while (Date.now() < deadlineMs) {
      const row = await findRollout(db, key);
      const harm = row === null ? null : await watchHarm(deps, row, plan, waitsFor);
      if (isHeard && harm !== null) return harm;
      if (isHeard && (row === null || !isOpenRollout(row.status)))
        return { outcome: 'gone', reason: row?.reason ?? 'closed' };
      await breathe(db, key, plan, Math.max(1, Math.min(plan.leaseMs / 4, 2_000, deadlineMs - Date.now())));
    }
    return { outcome: 'still' };
  }

  return { keepLease };
}
