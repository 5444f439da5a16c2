import { lastingAlertKinds } from '../../src/domain/record/closed-sets.ts';
import { workflowIds } from '../../src/domain/words/ids.ts';
import { withTransaction, type Db } from '../../src/db/base/connect.ts';
import { freezeOf, sayFreeze } from '../../src/db/routing/freezes.ts';
import { promoteChallenger, withdrawChallenger } from '../../src/db/routing/rollouts.ts';
import { lockRouting } from '../../src/db/routing/routing.ts';
import { closeAlerts } from '../../src/db/watching/alerts.ts';
import type { ActivityDependencies } from '../dependencies.ts';
import type { RolloutRef } from './plan-of.ts';

export interface PromoteInput extends RolloutRef {
  readonly actor: string;
  readonly reason: string;
  readonly evidenceId: number | null;
  /** The approval that asked for it, null when nobody did; absent in histories that began before it was passed on. */
  readonly commandId?: string | null;
}

export function promoteActivities({ database }: ActivityDependencies) {
  const { db } = database;

  async function promote(input: PromoteInput): Promise<{ readonly promoted: boolean }> {
    const { key } = input;
    const runId = workflowIds.rollout(key.model, key.version, key.attempt);
    const promoted = await withTransaction(database, async (tx) => {
      await lockRouting(tx, key.model);
      await refuseFrozen(tx, input);
      return promoteChallenger(tx, key, runId, input);
    });
    if (promoted) {
      // What was said about the champion before does not hold for this one.
      for (const kind of ['held', ...lastingAlertKinds] as const) await closeAlerts(db, key.model, kind);
      return { promoted };
    }
    await withTransaction(database, (tx) =>
      withdrawChallenger(tx, key, runId, { ...input, reason: `superseded: ${input.reason}` }),
    );
    return { promoted };
  }

  /**
   * A freeze that came between the verdict and the promotion: retried until it is thawed or half an hour is over, and
   * then the rollout takes its challenger out. A person's approval goes through.
   */
  async function refuseFrozen(tx: Db, { key, actor, commandId }: PromoteInput): Promise<void> {
    const isAutomatic = commandId === undefined ? actor === 'rollout' : commandId === null;
    const frozen = isAutomatic ? await freezeOf(tx, key.model) : null;
    if (frozen !== null) throw new Error(`v${key.version} is not promoted, because ${sayFreeze(frozen)}`);
  }

  return { promote };
}
