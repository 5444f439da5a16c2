import { createHmac } from 'node:crypto';
import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { Context } from '@temporalio/activity';
import { dueDeliveries, recordDelivery, type DueDelivery } from '../src/db/alerts.ts';
import type { ActivityDependencies } from './dependencies.ts';

/** Five receivers that never answer still fit into one activity; the next tick goes on. */
const deliveriesMax = 5;
const timeoutMs = 4_000;

export interface WebhookSettings {
  /** Key of the HMAC-SHA-256 signature; without it nothing is sent. */
  readonly secret: string | undefined;
  /** Hosts that webhooks may go to, beside public addresses (a receiver on this machine, say). */
  readonly privateHostsAllowed: readonly string[];
}

/** Signed webhooks, at least once, with back-off; a receiver dedupes by `webhook-id`. Foreign URLs are hostile. */
export function deliverAlertActivities({ database, log }: ActivityDependencies, settings: WebhookSettings) {
  async function deliverAlerts(): Promise<void> {
    for (const due of await dueDeliveries(database.db, deliveriesMax)) {
      Context.current().heartbeat();
      const error = await sendWebhook(due.alert, due.url, settings).then(
        () => null,
        (cause: unknown) => (cause instanceof Error ? cause.message : String(cause)),
      );
      if (error !== null) log.warn({ alertId: due.alert.alertId, attempt: due.attempts + 1, error }, 'webhook not delivered');
      await recordDelivery(database.db, due.alert.alertId, due.url, due.attempts, error);
    }
  }

  return { deliverAlerts };
}

/** One signed delivery (the Standard Webhooks scheme: id, timestamp and body under HMAC-SHA-256). Throws with the reason when it was not taken. */
export async function sendWebhook(alert: DueDelivery['alert'], to: string, settings: WebhookSettings): Promise<void> {
  if (settings.secret === undefined) throw new Error('PERENNIAL_WEBHOOK_SECRET is not set, so nothing can be signed');
  const url = await allowed(to, settings);
  const { alertId, model, kind, subject, severity, title, body, openedAt } = alert;
  // An alert that rings again is another message.
  const id = `alert-${alertId}-${openedAt.getTime()}`;
  const payload = JSON.stringify({ type: `perennial.alert.${kind}`, id, time: openedAt.toISOString(), data: { model, kind, subject, severity, title, body } });
  const timestamp = String(Math.floor(Date.now() / 1_000));
  const signature = createHmac('sha256', settings.secret).update(`${id}.${timestamp}.${payload}`).digest('base64');
  const response = await fetch(url, {
    method: 'POST',
    redirect: 'error',
    signal: AbortSignal.timeout(timeoutMs),
    headers: { 'content-type': 'application/json', 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': `v1,${signature}` },
    body: payload,
  });
  await response.body?.cancel();
  if (!response.ok) throw new Error(`the receiver answered ${response.status}`);
}

/** Public addresses only, unless the host is listed: a webhook must not become a door into the network. */
async function allowed(text: string, settings: WebhookSettings): Promise<URL> {
  const url = new URL(text);
  if (url.protocol !== 'https:' && url.protocol !== 'http:') throw new Error(`webhooks go to http or https, not ${url.protocol}`);
  if (settings.privateHostsAllowed.includes(url.host)) return url;
  const addresses = isIP(url.hostname) > 0 ? [{ address: url.hostname }] : await lookup(url.hostname, { all: true });
  if (addresses.some(({ address }) => isPrivate(address))) throw new Error(`${url.hostname} is a private address; list it in PERENNIAL_WEBHOOK_PRIVATE_HOSTS to allow it`);
  return url;
}

function isPrivate(address: string): boolean {
  if (isIP(address) === 6) return /^(::1?$|f[cd]|fe[89ab]|::ffff:)/i.test(address);
  const [a = 0, b = 0] = address.split('.').map(Number);
  return a === 0 || a === 10 || a === 127 || (a === 100 && b >= 64 && b < 128) || (a === 169 && b === 254) || (a === 172 && b >= 16 && b < 32) || (a === 192 && b === 168) || a >= 224;
}
