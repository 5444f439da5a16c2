import { authoriseEverywhere } from '../../access/principal.ts';
import { newSigningSecret } from '../../access/secret.ts';
import type { WebhookRotated } from '../../contracts/http/webhooks.ts';
import { withTransaction, type Db } from '../../db/base/connect.ts';
import { putSigningSecret, receivers } from '../../db/people/signing-secrets.ts';
import type { CommandContext } from '../base/context.ts';
import { checkedUrl, one, record } from './webhooks.ts';

/** A day is enough for a receiver that is deployed by people. */
const overlapMinutesDefault = 24 * 60;

/** Another secret for a follower of the feed. Until the one before has retired, both sign. */
export async function rotateWebhook(
  context: CommandContext,
  input: { readonly webhookId: string; readonly overlapMinutes?: number | undefined },
): Promise<WebhookRotated> {
  const row = await one(context, input.webhookId);
  return withTransaction(context.database, (tx) =>
    rotate(tx, context, {
      receiver: receivers.webhook(row.webhookId),
      subject: row.webhookId,
      host: new URL(row.url).host,
      overlapMinutes: input.overlapMinutes,
    }),
  );
}

/** The same for an address that definitions name for their alerts: it may be that of any model, so of all. */
export async function rotateAlertReceiver(
  context: CommandContext,
  input: { readonly url: string; readonly overlapMinutes?: number | undefined },
): Promise<WebhookRotated> {
  authoriseEverywhere(context.principal, 'apply');
  const url = checkedUrl(context, input.url);
  return withTransaction(context.database, (tx) =>
    rotate(tx, context, {
      receiver: receivers.alert(input.url),
      subject: url.host,
      host: url.host,
      overlapMinutes: input.overlapMinutes,
    }),
  );
}

async function rotate(
  tx: Db,
  context: CommandContext,
  of: {
    readonly receiver: string;
    readonly subject: string;
    readonly host: string;
    readonly overlapMinutes: number | undefined;
  },
): Promise<WebhookRotated> {
  const overlapMinutes = of.overlapMinutes ?? overlapMinutesDefault;
  const { secret, shown } = newSigningSecret();
  const until = await putSigningSecret(tx, {
    receiver: of.receiver,
    secret,
    overlapSeconds: overlapMinutes * 60,
    isNew: false,
  });
  await record(tx, context, 'perennial.webhook.rotated', of.subject, { host: of.host, overlapMinutes });
  return { receiver: of.receiver, secret: shown, previousUntil: until?.toISOString() ?? null };
}
