import { authorise } from '../../access/principal.ts';
import { isInScope } from '../../access/scope.ts';
import type { AlertView } from '../../contracts/http/views.ts';
import type { AlertRow } from '../../db/watching/alerts.ts';
import { appendAudit } from '../../db/audit/audit.ts';
import { closeAlertByHand, findAlert } from '../../db/watching/close-alert.ts';
import { withTransaction } from '../../db/base/connect.ts';
import { alertViewOf } from '../../db/views/views-rows.ts';
import { PerennialError } from '../../domain/words/errors.ts';
import type { CommandContext } from '../base/context.ts';
import { refuseWithoutReason } from '../control/freeze.ts';
import { actorOf } from '../base/run-command.ts';

/**
 * Closes an alert by hand; it rings again when its condition has gone and come back. Throws `conflict` for a closed
 * one.
 */
export async function closeAlert(
  context: CommandContext,
  input: { readonly alertId: number; readonly reason: string },
): Promise<AlertView> {
  refuseWithoutReason(input.reason, 'closing by hand');
  authorise(context.principal, 'operate', null);
  const found = await findAlert(context.database.db, input.alertId);
  if (found === null || !isInScope(context.principal.scope, found.model)) {
    throw new PerennialError('not_found', `There is no alert ${input.alertId}.`, {
      path: 'id',
      hint: 'Use an id listed by `perennial alert list`.',
    });
  }
  const actor = actorOf(context);
  const closed = await withTransaction(context.database, async (tx): Promise<AlertRow | null> => {
    const row = await closeAlertByHand(tx, input.alertId, actor, input.reason);
    if (row === null) return null;
    const data = { alertId: row.alertId, kind: row.kind, subject: row.subject, byHand: true };
    await appendAudit(tx, {
      type: 'perennial.alert.closed',
      model: row.model,
      subject: { of: 'alert', id: String(row.alertId) },
      actor,
      tokenId: context.principal.tokenId,
      reason: input.reason,
      data,
    });
    return row;
  });
  if (closed !== null) return alertViewOf(closed);
  // The same word again, as after a lost answer, is not a conflict.
  if (found.closedBy === actor && found.closedReason === input.reason) return alertViewOf(found);
  throw new PerennialError('conflict', `Alert ${input.alertId} is closed already.`, { path: 'id' });
}
