import type { RolloutKey } from '../../src/domain/words/ids.ts';
import { withTransaction, type Db } from '../../src/db/base/connect.ts';
import { authorityOf } from '../../src/db/people/command-authority.ts';
import type { CommandRow } from '../../src/db/people/commands.ts';
import { readSpecRevision } from '../../src/db/models/specs.ts';
import { approvalStanding } from '../../src/db/routing/approvals.ts';
import { findRollout } from '../../src/db/routing/rollouts.ts';
import { askedStep } from '../../src/domain/rollout/rollout-plan.ts';
import type { ActivityDependencies } from '../dependencies.ts';

export interface ApprovalClaim {
  readonly model: string;
  readonly kind: 'approve';
  readonly commandId: string | null;
  /** The rollout that heard it; absent in histories that began before it was passed on. */
  readonly rollout?: RolloutKey;
}

export function verifyCommandActivities({ database }: ActivityDependencies) {
  /**
   * True while the approval is authorised, speaks of this rollout, and nothing has come of it yet; with those before it
   * it must be as many as the plan asks for.
   */
  async function verifyCommand({ model, kind, commandId, rollout }: ApprovalClaim): Promise<boolean> {
    const isAimedAt = (row: CommandRow): boolean => rollout === undefined || isAboutRollout(row, rollout);
    const authority = await withTransaction(database, (tx) =>
      authorityOf(tx, { model, kinds: [kind], commandId, isAimedAt }),
    );
    if (authority === null || authority.row.performedAt !== null) return false;
    return rollout === undefined || isApproved(database.db, rollout, authority.row);
  }

  return { verifyCommand };
}

/**
 * Whether it speaks of what is asked for now, is of somebody whom the plan of the rollout lets approve, and as many
 * have approved as that asks for.
 */
async function isApproved(db: Db, key: RolloutKey, said: CommandRow): Promise<boolean> {
  const row = await findRollout(db, key);
  if (row === null) return true;
  const { spec } = await readSpecRevision(db, key.model, row.specRevision);
  if (askedStep(row, spec.rollout) !== stepOf(said)) return false;
  const { isEnough, approvals } = await approvalStanding(db, row, spec.rollout);
  return isEnough && approvals.some(({ commandId }) => commandId === said.commandId);
}

/** The step that an approval speaks of; null where it speaks of the promotion. */
export function stepOf({ target }: CommandRow): number | null {
  return typeof target?.['step'] === 'number' ? target['step'] : null;
}

/** A word to one rollout is none to the next, which nobody may have looked at. */
export function isAboutRollout({ target }: CommandRow, { version, attempt }: RolloutKey): boolean {
  return target?.['version'] === version && target['attempt'] === attempt;
}
