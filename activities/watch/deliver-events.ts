import { cloudEventOf, eventsMediaType, feedTypesUnder, type FeedRow } from '../../src/domain/record/cloud-event.ts';
import type { Database } from '../../src/db/base/connect.ts';
import { readFeed, readInstallationId } from '../../src/db/audit/events.ts';
import { claimDueWebhooks, moveCursor, releaseWebhook, type Claim } from '../../src/db/people/webhooks.ts';
import { receivers, signingKeysOf } from '../../src/db/people/signing-secrets.ts';
import { postSigned, type Signing, type SigningSettings } from '../../src/outbound/post-signed.ts';
import { endWithoutRight } from './end-without-right.ts';

/** Events of one request. */
const batchMax = 100;
/** Receivers that are served at once; each has a turn of its own, so a slow one holds up nobody. */
const webhooksPerTickMax = 20;
/** No request begins later than this in a tick; the next tick goes on. */
const turnMsMax = 5_000;
const waitMsMin = 2_000;
const waitMsMax = 3_600_000;

export interface EventDelivery {
  readonly database: Pick<Database, 'db' | 'pool'>;
  readonly settings: SigningSettings;
  readonly warn: (fields: Record<string, unknown>, message: string) => void;
}

/**
 * One tick: every follower that is due gets what it has not taken yet, in order, at least once. The cursor moves only
 * when a batch was taken, so a receiver that was away finds everything, and dedupes by the ids of the events. Never
 * throws.
 */
export async function deliverEvents(delivery: EventDelivery): Promise<void> {
  const { database, warn } = delivery;
  try {
    const claims = await claimDueWebhooks(database.db, webhooksPerTickMax);
    if (claims.length === 0) return;
    const source = (await readInstallationId(database.db)) ?? '00000000-0000-0000-0000-000000000000';
    await Promise.all(
      claims.map((claim) =>
        serve(delivery, claim, source).catch((error: unknown) =>
          warn({ webhookId: claim.row.webhookId, err: error }, 'a delivery could not be written down'),
        ),
      ),
    );
  } catch (error) {
    warn({ err: error }, 'events were not delivered; the next tick tries again');
  }
}

async function serve({ database, settings, warn }: EventDelivery, claim: Claim, source: string): Promise<void> {
  const { db } = database;
  const { row } = claim;
  if (await endWithoutRight(database, row)) {
    warn({ webhookId: row.webhookId }, 'a webhook has ended with the right of its maker');
    return;
  }
  const untilMs = Date.now() + turnMsMax;
  let cursor = row.cursor;
  try {
    const keys = await signingKeysOf(db, receivers.webhook(row.webhookId), settings.secret);
    const types = feedTypesUnder(row.types);
    while (Date.now() < untilMs) {
      const page = await readFeed(db, { after: cursor, types, globs: [row.models], limit: batchMax });
      if (page.rows.length > 0) await send(row.url, row.webhookId, page.rows, source, { ...settings, keys });
      if (page.next === cursor || !(await moveCursor(db, claim, cursor, page.next, page.rows.length > 0))) break;
      cursor = page.next;
    }
    await releaseWebhook(db, claim, null);
  } catch (cause) {
    const error = cause instanceof Error ? cause.message : String(cause);
    warn({ webhookId: row.webhookId, attempt: row.attempts + 1, error }, 'events were not taken by a webhook');
    await releaseWebhook(db, claim, {
      error,
      waitMs: Math.min(waitMsMin * 2 ** Math.min(row.attempts, 20), waitMsMax),
    });
  }
}

/** A batch sent again has the same id, so that a receiver that looks no further than the header dedupes too. */
async function send(
  url: string,
  webhookId: string,
  rows: readonly FeedRow[],
  source: string,
  signing: Signing,
): Promise<void> {
  const id = `${webhookId}-${rows[0]?.seq ?? 0}-${rows.at(-1)?.seq ?? 0}`;
  await postSigned(
    url,
    { id, contentType: eventsMediaType, payload: JSON.stringify(rows.map((row) => cloudEventOf(row, source))) },
    signing,
  );
}
