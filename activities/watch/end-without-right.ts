import { hasPermission, isRole } from '../../src/access/roles.ts';
import { isInScope } from '../../src/access/scope.ts';
import { appendAudit } from '../../src/db/audit/audit.ts';
import { withTransaction, type Database } from '../../src/db/base/connect.ts';
import { receivers, removeSigningSecrets } from '../../src/db/people/signing-secrets.ts';
import { makersOf } from '../../src/db/people/webhook-makers.ts';
import { removeWebhookRow, type WebhookRow } from '../../src/db/people/webhooks.ts';

/**
 * Ends a webhook whose maker may not have made it today: the token was revoked, has run out, or lost its role or scope.
 * True when it has ended, and nothing may be sent.
 */
export async function endWithoutRight(database: Pick<Database, 'db' | 'pool'>, row: WebhookRow): Promise<boolean> {
  const makers = await makersOf(database.db, row);
  const hasRight = makers.some(
    ({ role, scope }) => isRole(role) && hasPermission(role, 'apply') && isInScope(scope, row.models),
  );
  if (hasRight) return false;
  await withTransaction(database, async (tx) => {
    await removeSigningSecrets(tx, receivers.webhook(row.webhookId));
    if (!(await removeWebhookRow(tx, row.webhookId))) return;
    await appendAudit(tx, {
      type: 'perennial.webhook.removed',
      model: null,
      subject: { of: 'webhook', id: row.webhookId },
      actor: 'watch',
      reason: `the right of ${row.createdBy}, who made it, has ended`,
      data: { host: new URL(row.url).host },
    });
  });
  return true;
}
