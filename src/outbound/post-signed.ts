import { createHmac } from 'node:crypto';
import { fetchForeign } from './fetch-foreign.ts';

export interface SigningSettings {
  /** Key of the HMAC-SHA-256 signature; without it nothing is sent. */
  readonly secret: string | undefined;
  /** `host:port` that may be reached although it is private (a receiver on this machine, say). */
  readonly privateHostsAllowed: readonly string[];
}

export interface SignedMessage {
  /** The receiver dedupes by it: the same for every attempt. */
  readonly id: string;
  readonly contentType: string;
  readonly payload: string;
}

/**
 * One signed delivery (the Standard Webhooks scheme: id, timestamp and body under HMAC-SHA-256). Throws with the reason
 * when it was not taken.
 */
export async function postSigned(url: string, message: SignedMessage, settings: SigningSettings): Promise<void> {
  if (settings.secret === undefined) throw new Error('PERENNIAL_WEBHOOK_SECRET is not set, so nothing can be signed');
  const { id, contentType, payload } = message;
  const timestamp = String(Math.floor(Date.now() / 1_000));
  const signature = createHmac('sha256', settings.secret).update(`${id}.${timestamp}.${payload}`).digest('base64');
  const answer = await fetchForeign(url, {
    method: 'POST',
    headers: {
      'content-type': contentType,
      'user-agent': 'perennial',
      'webhook-id': id,
      'webhook-timestamp': timestamp,
      'webhook-signature': `v1,${signature}`,
    },
    body: payload,
    privateHostsAllowed: settings.privateHostsAllowed,
  });
  if (answer.status < 200 || answer.status > 299) throw new Error(`the receiver answered ${answer.status}`);
}
