import { approvalStanding } from '../../src/db/routing/approvals.ts';
import { findRollout, markHeld } from '../../src/db/routing/rollouts.ts';
import { closeAlerts } from '../../src/db/watching/alerts.ts';
import { sayAsked } from '../../src/domain/rollout/judge-approval.ts';
import type { ActivityDependencies } from '../dependencies.ts';
import { planOf, type RolloutRef } from './plan-of.ts';
import { tell } from './tell.ts';

interface Hold extends RolloutRef {
  readonly reason: string;
  readonly evidenceId: number | null;
  readonly isAgain?: boolean;
}

export function holdRolloutActivities({ database }: ActivityDependencies) {
  const { db } = database;

  /** Marks it held and rings; `isAgain` rings once more for a hold that nobody has answered. */
  async function holdRollout({ key, reason, isAgain = false }: Hold): Promise<void> {
    await markHeld(db, key, reason);
    const row = await findRollout(db, key);
    if (row === null) return;
    const plan = await planOf(db, row);
    const standing = plan.approval === undefined ? null : (await approvalStanding(db, row, plan)).text;
    // An attempt that is repeated finds the alert of the one before, and rings no third time.
    if (isAgain) await closeAlerts(db, key.model, ['held'], { olderThanMs: plan.holdMsMax / 2 });
    const title = `${key.model} v${key.version} waits for ${isAgain ? 'a person still' : 'a person'}`;
    await tell(db, row, 'held', title, sayAsked(reason, key.model, standing));
  }

  return { holdRollout };
}
