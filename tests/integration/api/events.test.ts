import { createHmac, randomUUID } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { deliverEvents } from '../../../activities/watch/deliver-events.ts';
import { createApi } from '../../../src/create-api.ts';
import type { Api } from '../../../src/control/app.ts';
import { createToken } from '../../../src/access/create-token.ts';
import type { Role } from '../../../src/domain/record/closed-sets.ts';
import { eventsAnswer } from '../../../src/contracts/http/events.ts';
import {
  webhookAdded,
  webhookList,
  webhookTested,
  webhookView,
  type WebhookView,
} from '../../../src/contracts/http/webhooks.ts';
import { appendAudit } from '../../../src/db/audit/audit.ts';
import { createDatabase, withTransaction, type Database } from '../../../src/db/base/connect.ts';
import { latestSeq } from '../../../src/db/audit/events.ts';
import { webhook } from '../../../src/db/schema/index.ts';
import type { AuditType } from '../../../src/domain/record/audit-types.ts';
import type { CloudEvent } from '../../../src/domain/record/cloud-event.ts';
import { createTestDatabase, type TestDatabase } from '../../worlds/database.ts';

let place: TestDatabase;
let database: Database;
let api: Api;
const secret = 'a key';
const tokens = new Map<string, string>();
/** What the control process would be told to allow, while a receiver is added. */
const listedWhenAdded: string[] = [];

beforeAll(async () => {
  place = await createTestDatabase();
  database = createDatabase(place.url, { connectionsMax: 8 });
  const bus = {
    deliver: () => Promise.reject(new Error('no')),
    ensureModel: () => Promise.reject(new Error('no')),
    uiUrl: (id: string) => id,
  } as never;
  api = createApi({
    sourceRoots: [{ scope: '*', path: '/data' }],
    database,
    bus,
    log: { info: () => undefined, error: () => undefined },
    webhooks: { secret, privateHostsAllowed: listedWhenAdded },
  });
  const people: readonly (readonly [string, Role, string])[] = [
    ['admin', 'admin', '*'],
    ['team', 'admin', 'payments.*'],
    ['viewer', 'viewer', 'payments.*'],
  ];
  for (const [name, role, scope] of people)
    tokens.set(name, (await createToken(database.db, { name, role, scope, expiresAt: null })).secret);
});
afterAll(async () => {
  await database.close();
  await place.drop();
});
beforeEach(() => database.db.delete(webhook));

function ask(who: string, method: string, path: string, body?: unknown): Promise<Response> {
  const headers: Record<string, string> = {
    authorization: `Bearer ${tokens.get(who) ?? ''}`,
    'content-type': 'application/json',
  };
  return Promise.resolve(
    api.request(path, { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) }),
  );
}

async function happen(
  model: string | null,
  count: number,
  type: AuditType = 'perennial.version.created',
): Promise<void> {
  for (let i = 0; i < count; i++) {
    await withTransaction(database, (tx) =>
      appendAudit(tx, {
        type,
        model,
        subject: { of: 'version', model: model ?? 'all', version: i },
        actor: 'test',
        reason: 'because',
        runId: 'train/x/1',
        data: { version: i },
      }),
    );
  }
}

async function read(who: string, query: string) {
  const response = await ask(who, 'GET', `/v1/events?${query}`);
  expect(response.status, await response.clone().text()).toBe(200);
  return eventsAnswer.parse(await response.json());
}

describe('the feed', () => {
  test('gives what happened once, in order, as CloudEvents, and keeps to the scope', async () => {
    const start = await latestSeq(database.db);
    await happen('payments.fraud', 2);
    await happen('orders', 1);
    await happen(null, 1, 'perennial.model.frozen');
    await happen(null, 1, 'perennial.token.created');
    const all = await read('admin', `after=${start}`);
    expect(all.events.map((event) => [event.type, event.subject])).toEqual([
      ['perennial.version.created', 'payments.fraud/v0'],
      ['perennial.version.created', 'payments.fraud/v1'],
      ['perennial.version.created', 'orders/v0'],
      ['perennial.model.frozen', 'all/v0'],
    ]);
    expect(all.events[0]).toMatchObject({
      specversion: '1.0',
      perennialseq: start + 1,
      data: { model: 'payments.fraud', actor: 'test', reason: 'because', runId: 'train/x/1', detail: { version: 0 } },
    });
    expect(all.next).toBe(start + 5);
    const team = await read('viewer', `after=${start}`);
    expect(team.events.map((event) => event.data.model)).toEqual(['payments.fraud', 'payments.fraud']);
    expect(team.next).toBe(start + 5);
    expect((await read('admin', `after=${start}&model=ord*`)).events).toHaveLength(1);
    expect((await read('viewer', `after=${start}&model=ord*`)).events).toEqual([]);
    expect((await read('admin', `after=${start}&types=perennial.model`)).events.map((event) => event.type)).toEqual([
      'perennial.model.frozen',
    ]);
    const page = await read('admin', `after=${start}&limit=3`);
    expect(page.next).toBe(start + 3);
    expect((await read('admin', `after=${page.next}`)).events.map((event) => event.type)).toEqual([
      'perennial.model.frozen',
    ]);
  });

  test('a model whose name has a wildcard of SQL in it is no wildcard', async () => {
    const start = await latestSeq(database.db);
    await happen('a_b', 1);
    await happen('axb', 1);
    expect((await read('admin', `after=${start}&model=a_b`)).events.map((event) => event.data.model)).toEqual(['a_b']);
  });

  test('waits for what is not there yet, no longer than asked', async () => {
    const start = await latestSeq(database.db);
    const follow = read('admin', `after=${start}&wait=20`);
    await happen('orders', 1, 'perennial.gate.passed');
    expect((await follow).events.map((event) => event.type)).toEqual(['perennial.gate.passed']);
    expect((await read('admin', `after=now&wait=1`)).events).toEqual([]);
  });

  test('a type that no event has is refused with those that there are', async () => {
    const response = await ask('admin', 'GET', '/v1/events?types=perennial.token');
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ detail: expect.stringContaining('perennial.alert.opened') });
  });
});

/** A receiver that can be killed and come back on its port; it takes a batch only when it is whole and signed. */
class Receiver {
  readonly taken: CloudEvent[] = [];
  readonly batches: string[] = [];
  /** Its own secret, as it was told when it was added. */
  key: Buffer = Buffer.alloc(0);
  answer = 204;
  /** Answers only when this is over. */
  gate: Promise<void> = Promise.resolve();
  private server: Server | null = null;
  port = 0;

  async start(): Promise<void> {
    this.server = createServer((request, response) => {
      let body = '';
      request.on('data', (chunk: Buffer) => (body += chunk.toString()));
      request.on('end', () => {
        const id = String(request.headers['webhook-id']);
        const signature = createHmac('sha256', this.key)
          .update(`${id}.${String(request.headers['webhook-timestamp'])}.${body}`)
          .digest('base64');
        if (request.headers['webhook-signature'] !== `v1,${signature}`) return void response.writeHead(401).end();
        this.batches.push(id);
        // What is not confirmed may still have been read: it comes again.
        this.taken.push(...(JSON.parse(body) as CloudEvent[]));
        void this.gate.then(() => response.writeHead(this.answer).end());
      });
    });
    await new Promise<void>((resolve) => this.server?.listen(this.port, '127.0.0.1', resolve));
    this.port = (this.server.address() as AddressInfo).port;
  }

  async stop(): Promise<void> {
    this.server?.closeAllConnections();
    await new Promise<void>((resolve) => (this.server === null ? resolve() : this.server.close(() => resolve())));
  }

  /** In the order in which each first came. */
  ids(): string[] {
    return [...new Set(this.taken.map((event) => event.id))];
  }
}

async function follow(receiver: Receiver, change: object = {}): Promise<WebhookView> {
  const body = { url: `http://127.0.0.1:${receiver.port}/hook`, ...change };
  expect(await (await ask('admin', 'POST', '/v1/webhooks', body)).json()).toMatchObject({
    status: 400,
    detail: expect.stringContaining('private address'),
  });
  listedWhenAdded.push(`127.0.0.1:${receiver.port}`);
  const response = await ask('admin', 'POST', '/v1/webhooks', body);
  listedWhenAdded.pop();
  expect(response.status, await response.clone().text()).toBe(200);
  const added = webhookAdded.parse(await response.json());
  receiver.key = Buffer.from(added.secret.replace('whsec_', ''), 'base64');
  return added;
}

const listed = async () => webhookList.parse(await (await ask('admin', 'GET', '/v1/webhooks')).json()).webhooks;
const tick = (...receivers: readonly Receiver[]) =>
  deliverEvents({
    database,
    settings: { secret, privateHostsAllowed: receivers.map(({ port }) => `127.0.0.1:${port}`) },
    warn: () => undefined,
  });
/** The back-off is over. */
const due = () => database.db.update(webhook).set({ nextAttemptAt: new Date(0) });

describe('webhooks', () => {
  test('a receiver that was away finds everything, in order, once by id; another is not held up', async () => {
    const [dead, alive] = [new Receiver(), new Receiver()];
    await dead.start();
    await alive.start();
    const start = await latestSeq(database.db);
    await follow(dead);
    await follow(alive, { models: 'payments.*' });
    await happen('payments.fraud', 3);
    await tick(dead, alive);
    expect(dead.taken).toHaveLength(3);
    await dead.stop();
    await happen('payments.fraud', 120);
    await happen('orders', 5);
    await tick(dead, alive);
    expect(alive.ids()).toHaveLength(123);
    expect((await listed()).map((row) => row.attempts)).toEqual([1, 0]);
    // It is left alone until its back-off is over.
    await dead.start();
    await tick(dead, alive);
    expect(dead.taken).toHaveLength(3);
    await due();
    dead.answer = 500;
    await tick(dead, alive);
    expect((await listed())[0]).toMatchObject({ attempts: 2, lastError: expect.stringContaining('500') });
    dead.answer = 204;
    await due();
    await tick(dead, alive);
    const expected = (await read('admin', `after=${start}&limit=100`)).events;
    const rest = (await read('admin', `after=${expected.at(-1)?.perennialseq ?? 0}`)).events;
    expect(dead.ids()).toEqual([...expected, ...rest].map((event) => event.id));
    expect(dead.taken.length).toBeGreaterThan(dead.ids().length);
    // The batch that was not confirmed came again under the same id.
    expect(new Set(dead.batches).size).toBeLessThan(dead.batches.length);
    expect((await listed()).map((row) => [row.attempts, row.behind])).toEqual([
      [0, 0],
      [0, 0],
    ]);
    await dead.stop();
    await alive.stop();
  });

  test('two workers do not deliver to one at once, and a replay begins where it is told', async () => {
    const receiver = new Receiver();
    await receiver.start();
    const { webhookId } = await follow(receiver, { types: ['perennial.gate'] });
    await happen('orders', 4, 'perennial.gate.refused');
    await happen('orders', 4);
    await Promise.all([tick(receiver), tick(receiver), tick(receiver)]);
    expect(receiver.taken.map((event) => event.type)).toEqual(
      Array.from({ length: 4 }, () => 'perennial.gate.refused'),
    );
    const third = receiver.taken[2]?.perennialseq ?? 0;
    const replayed = webhookView.parse(
      await (await ask('admin', 'POST', `/v1/webhooks/${webhookId}/replay`, { from: third })).json(),
    );
    expect(replayed.cursor).toBe(third - 1);
    await tick(receiver);
    expect(receiver.taken.map((event) => event.perennialseq).slice(4)).toEqual([third, third + 1]);
    expect(receiver.ids()).toHaveLength(4);
    await receiver.stop();
  });

  test('a replay that comes in the middle of a delivery is not lost', async () => {
    const receiver = new Receiver();
    await receiver.start();
    const { webhookId } = await follow(receiver);
    await happen('orders', 2);
    let open: () => void = () => undefined;
    receiver.gate = new Promise((resolve) => (open = resolve));
    const delivering = tick(receiver);
    await expect.poll(() => receiver.taken.length).toBe(2);
    const [first] = receiver.taken;
    await ask('admin', 'POST', `/v1/webhooks/${webhookId}/replay`, { from: first?.perennialseq });
    open();
    await delivering;
    await tick(receiver);
    expect(receiver.taken.map((event) => event.id)).toEqual([...receiver.ids(), ...receiver.ids()]);
    await receiver.stop();
  });

  test('unsigned nothing is sent, a private address only when listed, and the cursor stays', async () => {
    const receiver = new Receiver();
    await receiver.start();
    const { cursor, webhookId } = await follow(receiver);
    await happen('orders', 1);
    await deliverEvents({ database, settings: { secret: undefined, privateHostsAllowed: [] }, warn: () => undefined });
    await tick();
    expect((await listed())[0]).toMatchObject({ cursor, lastError: expect.stringMatching(/private/i) });
    const tested = webhookTested.parse(await (await ask('admin', 'POST', `/v1/webhooks/${webhookId}/test`, {})).json());
    expect(tested).toMatchObject({ delivered: false, error: expect.stringMatching(/private/i) });
    expect(receiver.taken).toEqual([]);
    await receiver.stop();
  });

  test('a scope adds, sees and removes only what lies within it', async () => {
    const url = 'https://example.com/hook';
    expect((await ask('team', 'POST', '/v1/webhooks', { url })).status).toBe(403);
    expect((await ask('viewer', 'POST', '/v1/webhooks', { url, models: 'payments.*' })).status).toBe(403);
    expect(
      (await ask('team', 'POST', '/v1/webhooks', { url: 'https://u:p@example.com/', models: 'payments.*' })).status,
    ).toBe(400);
    const everybody = webhookView.parse(await (await ask('admin', 'POST', '/v1/webhooks', { url })).json());
    const own = webhookView.parse(
      await (await ask('team', 'POST', '/v1/webhooks', { url, models: 'payments.f*' })).json(),
    );
    expect(
      webhookList.parse(await (await ask('team', 'GET', '/v1/webhooks')).json()).webhooks.map((row) => row.webhookId),
    ).toEqual([own.webhookId]);
    expect((await ask('team', 'DELETE', `/v1/webhooks/${everybody.webhookId}`)).status).toBe(404);
    expect((await ask('team', 'POST', `/v1/webhooks/${everybody.webhookId}/replay`, { from: 1 })).status).toBe(404);
    expect((await ask('team', 'DELETE', `/v1/webhooks/${own.webhookId}`)).status).toBe(200);
    expect((await ask('admin', 'DELETE', `/v1/webhooks/${randomUUID()}`)).status).toBe(404);
    expect((await listed()).map((row) => row.webhookId)).toEqual([everybody.webhookId]);
  });
});
