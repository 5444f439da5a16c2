import { createHmac } from 'node:crypto';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { createToken, type CreatedToken } from '../../src/access/create-token.ts';
import { rotateToken } from '../../src/access/rotate-token.ts';
import { rotateWebhook } from '../../src/commands/watching/rotate-webhook.ts';
import { addWebhook, listWebhooks } from '../../src/commands/watching/webhooks.ts';
import type { CommandContext } from '../../src/commands/base/context.ts';
import { appendAudit } from '../../src/db/audit/audit.ts';
import { createDatabase, withTransaction, type Database } from '../../src/db/base/connect.ts';
import { receivers, signingKeysOf } from '../../src/db/people/signing-secrets.ts';
import { revokeTokenRow } from '../../src/db/people/tokens.ts';
import { signingSecret, webhook } from '../../src/db/schema/index.ts';
import { createTestDatabase, type TestDatabase } from '../../tests/worlds/database.ts';
import { silentBus } from '../../tests/worlds/silent-bus.ts';
import { deliverEvents } from './deliver-events.ts';

interface Taken {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

let place: TestDatabase;
let database: Database;
let host: string;
const taken: Taken[] = [];
const server = createServer((request, response) => {
  let body = '';
  request.on('data', (chunk: Buffer) => (body += chunk.toString()));
  request.on('end', () => {
    taken.push({ headers: request.headers, body });
    response.writeHead(204).end();
  });
});

beforeAll(async () => {
  place = await createTestDatabase();
  database = createDatabase(place.url, { connectionsMax: 4, onIdleError: () => undefined });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(async () => {
  await database.close();
  await place.drop();
  await new Promise<void>((resolve) => void server.close(() => resolve()));
});
beforeEach(async () => {
  taken.length = 0;
  await database.db.delete(webhook);
  await database.db.delete(signingSecret);
});

const settings = (secret?: string) => ({ secret, privateHostsAllowed: [host] });

async function maker(): Promise<{ readonly token: CreatedToken; readonly context: CommandContext }> {
  const token = await createToken(database.db, { name: 'ana', role: 'admin', scope: '*', expiresAt: null });
  return { token, context: { database, bus: silentBus(), principal: token, webhooks: settings() } };
}

async function happenAndDeliver(secret?: string): Promise<Taken | undefined> {
  await withTransaction(database, (tx) =>
    appendAudit(tx, {
      type: 'perennial.version.created',
      model: 'fraud',
      subject: { of: 'version', model: 'fraud', version: 1 },
      actor: 'test',
      reason: 'because',
    }),
  );
  await database.db.update(webhook).set({ nextAttemptAt: new Date(0) });
  await deliverEvents({ database, settings: settings(secret), warn: () => undefined });
  return taken.at(-1);
}

/** How many of the signatures of a message the holder of a secret can verify. */
function provenBy(message: Taken | undefined, key: string | Uint8Array): number {
  const { 'webhook-id': id, 'webhook-timestamp': at, 'webhook-signature': signatures } = message?.headers ?? {};
  const text = `${String(id)}.${String(at)}.${message?.body ?? ''}`;
  const expected = `v1,${createHmac('sha256', key).update(text).digest('base64')}`;
  return String(signatures)
    .split(' ')
    .filter((one) => one === expected).length;
}
const keyOf = (shown: string) => Buffer.from(shown.replace('whsec_', ''), 'base64');

test('each webhook has its own secret, and a rotation leaves no gap: both sign until the old one retires', async () => {
  const { context } = await maker();
  const url = `http://${host}/hook`;
  const first = await addWebhook(context, { url, models: '*', types: [], from: 'now' });
  const other = await addWebhook(context, { url, models: '*', types: [], from: 'now' });
  expect(first.secret).not.toBe(other.secret);
  await happenAndDeliver();
  const ownOf = (id: string) => taken.findLast(({ headers }) => String(headers['webhook-id']).startsWith(id));
  expect(provenBy(ownOf(first.webhookId), keyOf(first.secret))).toBe(1);
  expect(provenBy(ownOf(first.webhookId), keyOf(other.secret))).toBe(0);

  const rotated = await rotateWebhook(context, { webhookId: first.webhookId, overlapMinutes: 60 });
  expect(Date.parse(rotated.previousUntil ?? '') - Date.now()).toBeGreaterThan(59 * 60_000);
  await happenAndDeliver();
  expect(provenBy(ownOf(first.webhookId), keyOf(first.secret))).toBe(1);
  expect(provenBy(ownOf(first.webhookId), keyOf(rotated.secret))).toBe(1);

  // At the end of the overlap the new one alone is left.
  await rotateWebhook(context, { webhookId: first.webhookId, overlapMinutes: 0 });
  await happenAndDeliver();
  expect(provenBy(ownOf(first.webhookId), keyOf(first.secret))).toBe(1);
  await database.db.update(signingSecret).set({ retiresAt: new Date(0) });
  expect(await signingKeysOf(database.db, receivers.webhook(first.webhookId), undefined)).toEqual([]);
  expect(JSON.stringify(await listWebhooks(context))).not.toContain('whsec_');
});

test('one from before there were secrets keeps the installation’s key, also through its first rotation', async () => {
  const { context } = await maker();
  const old = await addWebhook(context, { url: `http://${host}/hook`, models: '*', types: [], from: 'now' });
  await database.db.delete(signingSecret);
  expect(provenBy(await happenAndDeliver('the old key'), 'the old key')).toBe(1);
  const rotated = await rotateWebhook(context, { webhookId: old.webhookId });
  const message = await happenAndDeliver('the old key');
  expect([provenBy(message, 'the old key'), provenBy(message, keyOf(rotated.secret))]).toEqual([1, 1]);
});

test('a webhook ends with its maker’s right, and lives on with the token that it was rotated into', async () => {
  const { token, context } = await maker();
  await addWebhook(context, { url: `http://${host}/hook`, models: '*', types: [], from: 'now' });
  const by = { name: 'ana', tokenId: token.tokenId };
  const successor = await rotateToken(database, { tokenId: token.tokenId, graceMs: 0, by });
  expect(await happenAndDeliver()).toBeDefined();
  await revokeTokenRow(database.db, successor.tokenId);
  taken.length = 0;
  expect(await happenAndDeliver()).toBeUndefined();
  expect(await listWebhooks(context)).toEqual([]);
  expect(await database.db.select().from(signingSecret)).toEqual([]);
});
