import { randomUUID } from 'node:crypto';
import { authorise } from '../../access/principal.ts';
import { isInScope } from '../../access/scope.ts';
import type { WebhookAdded, WebhookTested, WebhookView } from '../../contracts/http/webhooks.ts';
import { appendAudit } from '../../db/audit/audit.ts';
import { withTransaction } from '../../db/base/connect.ts';
import { latestSeq, readInstallationId } from '../../db/audit/events.ts';
import {
  findWebhook,
  insertWebhook,
  listWebhookRows,
  removeWebhookRow,
  setWebhookCursor,
  webhooksMax,
  type WebhookRow,
} from '../../db/people/webhooks.ts';
import { putSigningSecret, receivers, removeSigningSecrets, signingKeysOf } from '../../db/people/signing-secrets.ts';
import type { AuditType } from '../../domain/record/audit-types.ts';
import { eventsMediaType, feedTypesUnder } from '../../domain/record/cloud-event.ts';
import { PerennialError } from '../../domain/words/errors.ts';
import { checkForeignUrl } from '../../outbound/fetch-foreign.ts';
import { postSigned } from '../../outbound/post-signed.ts';
import type { CommandContext } from '../base/context.ts';
import { formatSubject } from '../../domain/record/audit-subject.ts';
import { cut } from '../../domain/words/cut.ts';
import { charsMax } from '../../domain/words/limits.ts';
import { newSigningSecret } from '../../access/secret.ts';

export interface NewWebhook {
  readonly url: string;
  /** Glob over model names; must lie within the principal's scope. */
  readonly models: string;
  /** Types or their beginnings; empty for all. */
  readonly types: readonly string[];
  /** Place of the first event to send; `now` for what happens from here on. */
  readonly from: number | 'now';
}

/** From now on the events of these models go to this address. What its name leads to is checked at each delivery. */
export async function addWebhook(context: CommandContext, input: NewWebhook): Promise<WebhookAdded> {
  authorise(context.principal, 'apply', input.models);
  feedTypesUnder(input.types);
  const url = checkedUrl(context, input.url);
  const webhookId = randomUUID();
  const { name: createdBy, tokenId } = context.principal;
  const { secret, shown } = newSigningSecret();
  await withTransaction(context.database, async (tx) => {
    const cursor = input.from === 'now' ? await latestSeq(tx) : Math.max(0, input.from - 1);
    const added = await insertWebhook(tx, {
      webhookId,
      url: url.href,
      models: input.models,
      types: [...input.types],
      cursor,
      createdBy,
      tokenId,
    });
    await putSigningSecret(tx, { receiver: receivers.webhook(webhookId), secret, overlapSeconds: 0, isNew: true });
    if (!added)
      throw new PerennialError('conflict', `There are ${webhooksMax} webhooks already.`, {
        hint: 'Remove one that nobody reads: `perennial webhook list`.',
      });
    await record(tx, context, 'perennial.webhook.added', webhookId, {
      host: url.host,
      models: input.models,
      types: input.types,
      cursor,
    });
  });
  return { ...(await viewOf(context, await one(context, webhookId))), secret: shown };
}

/** The webhooks that lie within the principal's scope, oldest first. */
export async function listWebhooks(context: CommandContext): Promise<readonly WebhookView[]> {
  authorise(context.principal, 'apply', null);
  const latest = await latestSeq(context.database.db);
  return Promise.all((await own(context)).map((row) => viewOf(context, row, latest)));
}

export async function removeWebhook(context: CommandContext, input: { readonly webhookId: string }): Promise<void> {
  const row = await one(context, input.webhookId);
  await withTransaction(context.database, async (tx) => {
    await removeSigningSecrets(tx, receivers.webhook(row.webhookId));
    if (await removeWebhookRow(tx, row.webhookId))
      await record(tx, context, 'perennial.webhook.removed', row.webhookId, { host: new URL(row.url).host });
  });
}

/**
 * Sends again from this place on (or skips to it): what was taken before comes a second time under the same event ids.
 */
export async function replayWebhook(
  context: CommandContext,
  input: { readonly webhookId: string; readonly from: number | 'now' },
): Promise<WebhookView> {
  const row = await one(context, input.webhookId);
  await withTransaction(context.database, async (tx) => {
    const cursor = input.from === 'now' ? await latestSeq(tx) : Math.max(0, input.from - 1);
    await setWebhookCursor(tx, row.webhookId, cursor);
    await record(tx, context, 'perennial.webhook.replayed', row.webhookId, {
      host: new URL(row.url).host,
      before: row.cursor,
      cursor,
    });
  });
  return viewOf(context, await one(context, row.webhookId));
}

/** One signed event of the type `perennial.test`, now, from this process; the cursor stays where it is. */
export async function testWebhook(
  context: CommandContext,
  input: { readonly webhookId: string },
): Promise<WebhookTested> {
  const row = await one(context, input.webhookId);
  const eventId = randomUUID();
  const installationId = (await readInstallationId(context.database.db)) ?? '00000000-0000-0000-0000-000000000000';
  const source = `urn:uuid:${installationId}`;
  const event = {
    specversion: '1.0',
    id: eventId,
    source,
    type: 'perennial.test',
    subject: formatSubject({ of: 'webhook', id: row.webhookId }),
    time: new Date().toISOString(),
    datacontenttype: 'application/json',
    data: {},
  };
  const startedMs = performance.now();
  const error = await postSigned(
    row.url,
    { id: `${row.webhookId}-test-${eventId}`, contentType: eventsMediaType, payload: JSON.stringify([event]) },
    { ...settingsOf(context), keys: await keysOf(context, row) },
  ).then(
    () => null,
    (cause: unknown) => cut(cause instanceof Error ? cause.message : String(cause), charsMax.failure),
  );
  return {
    webhookId: row.webhookId,
    eventId,
    delivered: error === null,
    error,
    tookMs: Math.round(performance.now() - startedMs),
  };
}

/**
 * One that exists and lies within the scope. Throws `not_found` listing those that do, so that a scope learns of no
 * other.
 */
export async function one(context: CommandContext, webhookId: string): Promise<WebhookRow> {
  authorise(context.principal, 'apply', null);
  const row = await findWebhook(context.database.db, webhookId);
  if (row !== null && isInScope(context.principal.scope, row.models)) return row;
  const ids = (await own(context)).slice(0, 20).map((known) => known.webhookId);
  throw new PerennialError(
    'not_found',
    `There is no webhook ${webhookId}. ${ids.length === 0 ? 'There is none yet.' : `There is: ${ids.join(', ')}.`}`,
    { hint: 'See `perennial webhook list`.' },
  );
}

/** A glob is covered when the scope covers its text: only a `*` of the scope can take a `*` of the glob. */
async function own(context: CommandContext): Promise<readonly WebhookRow[]> {
  return (await listWebhookRows(context.database.db)).filter((row) => isInScope(context.principal.scope, row.models));
}

export async function record(
  tx: Parameters<typeof appendAudit>[0],
  context: CommandContext,
  type: AuditType,
  webhookId: string,
  data: Record<string, unknown>,
): Promise<void> {
  const { name: actor, tokenId } = context.principal;
  await appendAudit(tx, {
    type,
    model: null,
    subject: { of: 'webhook', id: webhookId },
    actor,
    tokenId,
    reason: '',
    data,
  });
}

/**
 * By the rules of every delivery, so that nothing is added which could never be sent; what a name leads to is looked at
 * then.
 */
export function checkedUrl(context: CommandContext, text: string): URL {
  try {
    return checkForeignUrl(text, settingsOf(context).privateHostsAllowed).url;
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new PerennialError('invalid_request', `A webhook cannot go there: ${why}.`, {
      path: 'url',
      hint: 'Use a public address such as https://example.com/hook.',
      cause: error,
    });
  }
}

function settingsOf(context: CommandContext) {
  return context.webhooks ?? { secret: undefined, privateHostsAllowed: [] };
}

/** What it is signed with now; nothing where neither it nor the installation has a secret. */
function keysOf(context: CommandContext, row: WebhookRow): ReturnType<typeof signingKeysOf> {
  return signingKeysOf(context.database.db, receivers.webhook(row.webhookId), settingsOf(context).secret);
}

async function viewOf(context: CommandContext, row: WebhookRow, latest: number = row.cursor): Promise<WebhookView> {
  const isSigned = (await keysOf(context, row)).length > 0;
  return {
    webhookId: row.webhookId,
    url: row.url,
    models: row.models,
    types: row.types,
    cursor: row.cursor,
    behind: Math.max(0, latest - row.cursor),
    attempts: row.attempts,
    lastError: row.lastError,
    nextAttemptAt: row.attempts === 0 ? null : row.nextAttemptAt.toISOString(),
    lastDeliveredAt: row.lastDeliveredAt?.toISOString() ?? null,
    createdBy: row.createdBy,
    createdAt: row.createdAt.toISOString(),
    note: isSigned ? null : 'Nothing is sent until it is rotated, or PERENNIAL_WEBHOOK_SECRET is set.',
  };
}
