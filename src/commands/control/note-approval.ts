import { withTransaction, type Database } from '../../db/base/connect.ts';
import { readSpecRevision } from '../../db/models/specs.ts';
import { approvalStanding } from '../../db/routing/approvals.ts';
import { findRollout } from '../../db/routing/rollouts.ts';
import { amendAlert } from '../../db/watching/alerts.ts';
import { sayAsked } from '../../domain/rollout/judge-approval.ts';
import type { RolloutKey } from '../../domain/words/ids.ts';

/**
 * What is missing after an approval that stands on its row, for its maker and in the alert that asks for it; null when
 * nothing is, and the rollout is told. Of two people who approve at the same moment the later one sees both.
 */
export async function noteApproval(database: Database, key: RolloutKey): Promise<string | null> {
  return withTransaction(database, async (tx) => {
    const row = await findRollout(tx, key);
    if (row === null) return null;
    const { spec } = await readSpecRevision(tx, key.model, row.specRevision);
    const standing = await approvalStanding(tx, row, spec.rollout);
    if (standing.isEnough) return null;
    const subject = { of: 'rollout', version: key.version, attempt: key.attempt } as const;
    await amendAlert(
      tx,
      { model: key.model, kind: 'held', subject },
      sayAsked(row.reason ?? '', key.model, standing.text),
    );
    return standing.text;
  });
}
