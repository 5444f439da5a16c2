import { dueDeliveries, recordDelivery, type DueDelivery } from '../../src/db/watching/alerts.ts';
import { receivers, signingKeysOf } from '../../src/db/people/signing-secrets.ts';
import { postSigned, type Signing, type SigningSettings } from '../../src/outbound/post-signed.ts';
import { tellOpenLineage } from './tell-open-lineage.ts';
import { deliverEvents } from './deliver-events.ts';
import type { ActivityDependencies } from '../dependencies.ts';

/** Five receivers that never answer still fit into one activity; the next tick goes on. */
const deliveriesMax = 5;

export type WebhookSettings = SigningSettings;

/** Signed webhooks, at least once, with back-off; a receiver dedupes by `webhook-id`. Foreign URLs are hostile. */
export function deliverAlertActivities(
  { database, log, openLineage }: ActivityDependencies,
  settings: WebhookSettings,
) {
  async function deliverAlerts(): Promise<void> {
    const events = deliverEvents({ database, settings, warn: (fields, message) => log.warn(fields, message) });
    const lineage =
      openLineage == null
        ? undefined
        : tellOpenLineage({ database, settings: openLineage, warn: (fields, message) => log.warn(fields, message) });
    for (const due of await dueDeliveries(database.db, deliveriesMax)) {
      const keys = await signingKeysOf(database.db, receivers.alert(due.url), settings.secret);
      const error = await sendWebhook(due.alert, due.url, { ...settings, keys }).then(
        () => null,
        (cause: unknown) => (cause instanceof Error ? cause.message : String(cause)),
      );
      if (error !== null)
        log.warn({ alertId: due.alert.alertId, attempt: due.attempts + 1, error }, 'webhook not delivered');
      await recordDelivery(database.db, due.alert.alertId, due.url, due.attempts, error);
    }
    await events;
    await lineage;
  }

  return { deliverAlerts };
}

/** One alert to one receiver. Throws with the reason when it was not taken. */
export async function sendWebhook(alert: DueDelivery['alert'], to: string, signing: Signing): Promise<void> {
  const { alertId, model, kind, subject, severity, title, body, openedAt } = alert;
  // An alert that rings again is another message.
  const id = `alert-${alertId}-${openedAt.getTime()}`;
  const payload = JSON.stringify({
    type: `perennial.alert.${kind}`,
    id,
    time: openedAt.toISOString(),
    data: { model, kind, subject, severity, title, body },
  });
  await postSigned(to, { id, contentType: 'application/json', payload }, signing);
}
