import { workflowIds, type RolloutKey } from '../../src/domain/words/ids.ts';
import { isOpenRollout } from '../../src/domain/rollout/routing.ts';
import { withTransaction, type Db } from '../../src/db/base/connect.ts';
import { authorityOf } from '../../src/db/people/command-authority.ts';
import type { CommandRow } from '../../src/db/people/commands.ts';
import { freezeOf, sayFreeze, windowOf } from '../../src/db/routing/freezes.ts';
import { noteWindow } from '../../src/db/routing/note-window.ts';
import { approvalStanding } from '../../src/db/routing/approvals.ts';
import { findRollout, promoteChallenger, withdrawChallenger, type Ending } from '../../src/db/routing/rollouts.ts';
import { lockRouting } from '../../src/db/routing/routing.ts';
import { closeAlerts } from '../../src/db/watching/alerts.ts';
import type { ActivityDependencies } from '../dependencies.ts';
import { isAboutRollout, stepOf } from '../model/verify-command.ts';
import { planOf, type RolloutRef } from './plan-of.ts';

export interface PromoteInput extends RolloutRef {
  readonly actor: string;
  readonly reason: string;
  readonly evidenceId: number | null;
  /** The approval that asked for it, null when nobody did; absent in histories that began before it was passed on. */
  readonly commandId?: string | null;
}

export interface Promoted {
  readonly promoted: boolean;
  /** A freeze window that came between the verdict and the promotion: it is asked for again when that is over. */
  readonly waits?: { readonly reason: string; readonly untilMs: number };
}

export function promoteActivities({ database }: ActivityDependencies) {
  const { db } = database;

  async function promote(input: PromoteInput): Promise<Promoted> {
    const { key } = input;
    const runId = workflowIds.rollout(key.model, key.version, key.attempt);
    const done = await withTransaction(database, async (tx): Promise<Promoted> => {
      await lockRouting(tx, key.model);
      const end = await endOf(tx, input);
      if (end === null) return { promoted: false };
      if (end.commandId === null) {
        await refuseFrozen(tx, key);
        const window = await windowNow(tx, key);
        if (window !== null) return { promoted: false, waits: window };
      }
      return { promoted: await promoteChallenger(tx, key, runId, end) };
    });
    const { promoted, waits } = done;
    if (waits !== undefined) return done;
    if (promoted) {
      // What was said about the champion before does not hold for this one; that quality had decayed stays open until
      // a window says that this one is as good as promised.
      await closeAlerts(db, key.model, ['held', 'retraining-unhelpful', 'drift']);
      return { promoted };
    }
    await withTransaction(database, (tx) =>
      withdrawChallenger(tx, key, runId, {
        ...input,
        actor: 'rollout',
        reason: `superseded: ${input.commandId == null ? input.reason : 'approved, but not for what stands now'}`,
      }),
    );
    return { promoted };
  }

  return { promote };
}

/**
 * Who promotes and why: the evidence, or the people whose approvals of this rollout stand on their rows. Null for an
 * approval that nobody gave, or too few.
 */
async function endOf(tx: Db, input: PromoteInput): Promise<(Ending & { readonly commandId: string | null }) | null> {
  const { key, evidenceId, reason, commandId = null } = input;
  if (commandId === null) return { actor: 'rollout', reason, evidenceId, commandId };
  // What a person said of a step promotes nothing.
  const isAimedAt = (row: CommandRow): boolean => isAboutRollout(row, key) && stepOf(row) === null;
  const authority = await authorityOf(tx, { model: key.model, kinds: ['approve'], commandId, isAimedAt });
  if (authority === null) return null;
  const { actor } = authority;
  const single = { actor, evidenceId, commandId: authority.commandId };
  const row = await findRollout(tx, key);
  const plan = row === null ? null : await planOf(tx, row);
  if (row === null || plan?.approval === undefined)
    return { ...single, reason: `approved by ${actor}: ${authority.reason}` };
  const { isEnough, saidBy, approvals } = await approvalStanding(tx, row, plan);
  const together = approvals.map((approval) => approval.commandId);
  // Somebody whom the plan does not name ends nothing, also where others were enough.
  if (!isEnough || !together.includes(authority.commandId)) return null;
  return { ...single, reason: `approved by ${saidBy}: ${authority.reason}`, together };
}

async function windowNow(tx: Db, key: RolloutKey): Promise<NonNullable<Promoted['waits']> | null> {
  const row = await findRollout(tx, key);
  if (row === null || !isOpenRollout(row.status)) return null;
  const window = windowOf(await planOf(tx, row), Date.now());
  if (window !== null) await noteWindow(tx, row, window);
  return window;
}

/**
 * A freeze that came between the verdict and the promotion: retried until it is thawed or half an hour is over, and
 * then the rollout takes its challenger out. A person's approval goes through.
 */
async function refuseFrozen(tx: Db, { model, version }: RolloutKey): Promise<void> {
  const frozen = await freezeOf(tx, model);
  if (frozen !== null) throw new Error(`v${version} is not promoted, because ${sayFreeze(frozen)}`);
}
