import { workflowIds } from '../../src/domain/words/ids.ts';
import { withTransaction } from '../../src/db/base/connect.ts';
import { findRollout, withdrawChallenger } from '../../src/db/routing/rollouts.ts';
import { closeAlerts } from '../../src/db/watching/alerts.ts';
import type { ActivityDependencies } from '../dependencies.ts';
import type { RolloutRef } from './plan-of.ts';
import { tell } from './tell.ts';

export function withdrawActivities({ database }: ActivityDependencies) {
  const { db } = database;

  /** Takes the challenger out, whatever else is true and however often: going to 0 % never waits for anybody. */
  async function withdraw(
    input: RolloutRef & {
      readonly actor: string;
      readonly reason: string;
      readonly evidenceId: number | null;
      /** The abortion that asked for it; absent when nobody did, and in older histories. */
      readonly commandId?: string | null;
    },
  ): Promise<void> {
    const { key } = input;
    const runId = workflowIds.rollout(key.model, key.version, key.attempt);
    await withTransaction(database, (tx) => withdrawChallenger(tx, key, runId, input));
    await closeAlerts(db, key.model, 'held');
    const row = await findRollout(db, key);
    if (row !== null)
      await tell(db, row, 'rolled-back', `${key.model} v${key.version} was taken out`, row.reason ?? input.reason);
  }

  return { withdraw };
}
