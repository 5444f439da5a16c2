import { createHmac } from 'node:crypto';
import { fetchForeign } from './fetch-foreign.ts';

export interface SigningSettings {
  /** The installation's key, for receivers that have no secret of their own. */
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

export interface Signing {
  /** HMAC-SHA-256 keys; more than one while a receiver changes over, and each signs. */
  readonly keys: readonly (string | Uint8Array)[];
  readonly privateHostsAllowed: readonly string[];
}

/**
 * One signed delivery (the Standard Webhooks scheme: id, timestamp and body under HMAC-SHA-256, one signature for each
 * key that is valid). Throws with the reason when it was not taken.
 */
export async function postSigned(url: string, message: SignedMessage, signing: Signing): Promise<void> {
  if (signing.keys.length === 0)
    throw new Error('there is no secret to sign with: rotate it, or set PERENNIAL_WEBHOOK_SECRET');
  const { id, contentType, payload } = message;
  const timestamp = String(Math.floor(Date.now() / 1_000));
  const sign = (key: string | Uint8Array): string =>
    `v1,${createHmac('sha256', key).update(`${id}.${timestamp}.${payload}`).digest('base64')}`;
  const answer = await fetchForeign(url, {
    method: 'POST',
    headers: {
      'content-type': contentType,
      'user-agent': 'perennial',
      'webhook-id': id,
      'webhook-timestamp': timestamp,
      'webhook-signature': signing.keys.map(sign).join(' '),
    },
    body: payload,
    privateHostsAllowed: signing.privateHostsAllowed,
  });
  if (answer.status < 200 || answer.status > 299) throw new Error(`the receiver answered ${answer.status}`);
}
