import type { RolloutKey } from '../../src/domain/words/ids.ts';
import { withTransaction } from '../../src/db/base/connect.ts';
import { authorityOf } from '../../src/db/people/command-authority.ts';
import type { CommandRow } from '../../src/db/people/commands.ts';
import type { ActivityDependencies } from '../dependencies.ts';

export interface ApprovalClaim {
  readonly model: string;
  readonly kind: 'approve';
  readonly commandId: string | null;
  /** The rollout that heard it; absent in histories that began before it was passed on. */
  readonly rollout?: RolloutKey;
}

export function verifyCommandActivities({ database }: ActivityDependencies) {
  /** True while the approval is authorised, speaks of this rollout, and nothing has come of it yet. */
  async function verifyCommand({ model, kind, commandId, rollout }: ApprovalClaim): Promise<boolean> {
    const isAimedAt = (row: CommandRow): boolean => rollout === undefined || isAboutRollout(row, rollout);
    const authority = await withTransaction(database, (tx) =>
      authorityOf(tx, { model, kinds: [kind], commandId, isAimedAt }),
    );
    return authority !== null && authority.row.performedAt === null;
  }

  return { verifyCommand };
}

/** A word to one rollout is none to the next, which nobody may have looked at. */
export function isAboutRollout({ target }: CommandRow, { version, attempt }: RolloutKey): boolean {
  return target?.['version'] === version && target['attempt'] === attempt;
}
