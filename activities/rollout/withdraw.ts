import { workflowIds } from '../../src/domain/words/ids.ts';
import { withTransaction, type Db } from '../../src/db/base/connect.ts';
import { authorityOf, unauthenticated } from '../../src/db/people/command-authority.ts';
import type { CommandRow } from '../../src/db/people/commands.ts';
import { findRollout, withdrawChallenger, type Ending } from '../../src/db/routing/rollouts.ts';
import { closeAlerts } from '../../src/db/watching/alerts.ts';
import type { ActivityDependencies } from '../dependencies.ts';
import { isAboutRollout } from '../model/verify-command.ts';
import type { RolloutRef } from './plan-of.ts';
import { tell } from './tell.ts';

export interface WithdrawInput extends RolloutRef {
  readonly actor: string;
  readonly reason: string;
  readonly evidenceId: number | null;
  /**
   * The abortion that asked for it; null for one that was typed without an id, absent when nobody asked, and in older
   * histories.
   */
  readonly commandId?: string | null;
}

export function withdrawActivities({ database }: ActivityDependencies) {
  const { db } = database;

  /** Takes the challenger out, whatever else is true and however often: going to 0 % never waits for anybody. */
  async function withdraw(input: WithdrawInput): Promise<void> {
    const { key } = input;
    const runId = workflowIds.rollout(key.model, key.version, key.attempt);
    await withTransaction(database, async (tx) => withdrawChallenger(tx, key, runId, await endOf(tx, input)));
    // What a later rollout waits for is still to be answered.
    const about = { of: 'rollout', version: key.version, attempt: key.attempt } as const;
    await closeAlerts(db, key.model, ['held'], { about });
    const row = await findRollout(db, key);
    if (row !== null)
      await tell(db, row, 'rolled-back', `${key.model} v${key.version} was taken out`, row.reason ?? input.reason);
  }

  return { withdraw };
}

/** Anybody may take a challenger out; who it was is what the row of a command says, or nobody knows. */
async function endOf(tx: Db, { key, actor, reason, evidenceId, commandId }: WithdrawInput): Promise<Ending> {
  if (commandId === undefined) return { actor, reason, evidenceId };
  const isAimedAt = (row: CommandRow): boolean => isAboutRollout(row, key);
  const authority = await authorityOf(tx, { model: key.model, kinds: ['abort'], commandId, isAimedAt });
  const by = authority?.actor ?? unauthenticated(actor);
  const said = `aborted by ${by}: ${authority?.reason ?? reason}`;
  return { actor: by, reason: said, evidenceId, commandId: authority?.commandId ?? null };
}
