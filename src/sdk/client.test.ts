import { createServer, type IncomingHttpHeaders, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import packageJson from '../../package.json' with { type: 'json' };
import { retryAfterMs, waitBefore } from './client/backoff.ts';
import { clientId } from './client/client-id.ts';
import { clientVersion } from './client/client-version.ts';
import { connect, PerennialClientError } from './client.ts';

interface Heard {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: { readonly predictionIds?: readonly string[]; readonly rows?: readonly unknown[] } & Readonly<
    Record<string, unknown>
  >;
}

/** A server that answers what a test tells it to, in turn: the wire is real, the platform behind it is not needed. */
type Answer = (response: ServerResponse, heard: Heard) => void;
const heard: Heard[] = [];
let answers: Answer[] = [];
let server: Server;
let url = '';

const json =
  (status: number, body: unknown, headers: Readonly<Record<string, string>> = {}): Answer =>
  (response) =>
    void response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
const predicted: Answer = (response, { body }) =>
  json(200, {
    model: 'orders',
    predictions: (body.predictionIds ?? []).map((predictionId) => ({
      predictionId,
      version: 1,
      arm: 'champion',
      label: 'yes',
      probabilities: { yes: 0.9, no: 0.1 },
    })),
  })(response, heard[0] as Heard);
const busy = (headers: Readonly<Record<string, string>> = {}): Answer =>
  json(
    503,
    {
      code: 'overloaded',
      detail: 'The queue is full.',
      hint: 'Retry.',
      retryable: true,
      status: 503,
      requestId: 'r-1',
    },
    headers,
  );
const hangUp: Answer = (response) => void response.socket?.destroy();
const silence: Answer = () => undefined;

beforeAll(async () => {
  server = createServer((incoming, outgoing) => {
    const parts: Buffer[] = [];
    incoming.on('data', (part: Buffer) => parts.push(part));
    incoming.on('end', () => {
      const text = Buffer.concat(parts).toString();
      const one: Heard = {
        method: incoming.method ?? '',
        url: incoming.url ?? '',
        headers: incoming.headers,
        body: text === '' ? {} : (JSON.parse(text) as Heard['body']),
      };
      heard.push(one);
      const answer = answers.length > 1 ? answers.shift() : answers[0];
      answer?.(outgoing, one);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterAll(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

beforeEach(() => {
  heard.length = 0;
  answers = [predicted];
});

const client = (
  change: { readonly attemptTimeoutMs?: number; readonly timeoutMs?: number; readonly attemptsMax?: number } = {},
) =>
  connect({
    url,
    token: 'prn_x',
    models: { orders: { name: 'shop.orders' } },
    repetition: {
      firstWaitMsMax: 5,
      waitMsMax: 20,
      ...(change.attemptsMax === undefined ? {} : { attemptsMax: change.attemptsMax }),
    },
    ...change,
  });
const failure = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => 'it did not fail',
    (error: unknown) => error,
  );

describe('a prediction', () => {
  test('carries the token, the version of the client and an id made before the first attempt', async () => {
    const answer = await client().orders.predict({ basket: 1 });
    expect(heard[0]).toMatchObject({
      method: 'POST',
      url: '/v1/models/shop.orders/predict',
      headers: { authorization: 'Bearer prn_x', 'x-perennial-client': `js/${clientVersion}` },
    });
    expect(answer.predictionId).toBe(heard[0]?.body.predictionIds?.[0]);
    expect(answer.predictionId).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  });

  test.each([
    ['503', busy()],
    [
      '502 of a gateway, without a body of ours',
      ((response) => void response.writeHead(502).end('<html>')) satisfies Answer,
    ],
    ['429', json(429, { code: 'rate_limited', detail: 'Too many.', retryable: true })],
    ['a broken connection', hangUp],
  ])('is sent again with the same id after %s', async (_what, first) => {
    answers = [first, first, predicted];
    await client().orders.predict({ basket: 1 });
    expect(heard).toHaveLength(3);
    expect(new Set(heard.map(({ body }) => body.predictionIds?.[0])).size).toBe(1);
  });

  test('is sent again when one attempt takes too long', async () => {
    answers = [silence, predicted];
    await client({ attemptTimeoutMs: 100 }).orders.predict({ basket: 1 });
    // On a busy machine the answer to the second attempt may come too late as well.
    expect(heard.length).toBeGreaterThanOrEqual(2);
  });

  test.each([400, 401, 403, 404, 409, 413, 422, 500])('is not sent again after %i', async (status) => {
    answers = [
      json(status, {
        code: 'invalid_request',
        detail: 'rows[0] has the unknown field "contry".',
        hint: 'Correct it.',
        retryable: false,
        path: 'rows[0].contry',
        requestId: 'r-2',
      }),
    ];
    expect(await failure(client().orders.predict({ contry: 'DE' }))).toMatchObject({
      name: 'PerennialClientError',
      code: 'invalid_request',
      status,
      retryable: false,
      path: 'rows[0].contry',
      requestId: 'r-2',
      hint: 'Correct it.',
    });
    expect(heard).toHaveLength(1);
  });

  test('gives up after its attempts, with the error of the server', async () => {
    answers = [busy()];
    const error = await failure(client({ attemptsMax: 3 }).orders.predict({}));
    expect(error).toBeInstanceOf(PerennialClientError);
    expect(error).toMatchObject({ code: 'overloaded', status: 503, retryable: true });
    expect(heard).toHaveLength(3);
  });

  test('waits as long as the server asks, and not at all when that is longer than the call may take', async () => {
    answers = [busy({ 'retry-after': '1' }), predicted];
    const begunMs = performance.now();
    await client().orders.predict({});
    expect(performance.now() - begunMs).toBeGreaterThanOrEqual(999);
    answers = [busy({ 'retry-after': '60' })];
    expect(await failure(client({ timeoutMs: 2_000 }).orders.predict({}))).toMatchObject({
      code: 'overloaded',
      retryAfterMs: 60_000,
    });
    expect(heard).toHaveLength(3);
  });

  test('many rows go in several requests, and come back in order', async () => {
    const rows = Array.from({ length: 1_201 }, (_, row) => ({ row }));
    const ids = rows.map(({ row }) => `p-${row}`);
    const found = await client().orders.predictMany(rows, { predictionIds: ids });
    expect(heard.map(({ body }) => body.rows?.length)).toEqual([500, 500, 201]);
    expect(found.map(({ predictionId }) => predictionId)).toEqual(ids);
  });
});

describe('time', () => {
  test('a call ends with its time-out', async () => {
    answers = [silence];
    expect(await failure(client().orders.predict({}, { timeoutMs: 150 }))).toMatchObject({
      code: 'timeout',
      retryable: true,
      status: 0,
    });
  });

  test('an abort ends the call at once, with the reason of the signal, also between attempts', async () => {
    answers = [silence];
    const reason = new Error('the user left');
    const stop = new AbortController();
    const call = failure(client().orders.predict({}, { signal: stop.signal }));
    stop.abort(reason);
    expect(await call).toBe(reason);
    answers = [busy({ 'retry-after': '20' })];
    const later = AbortSignal.timeout(100);
    expect(await failure(client().orders.predict({}, { signal: later }))).toBe(later.reason);
    expect(await failure(client().orders.status({ signal: AbortSignal.abort() }))).toMatchObject({
      name: 'AbortError',
    });
  });
});

describe('commands, labels and reads', () => {
  test('a command carries a key of its own, the same for every attempt', async () => {
    const receipt = { commandId: 'c', model: 'shop.orders', kind: 'rollback', text: 'received', link: null };
    answers = [hangUp, json(200, receipt)];
    expect(await client().orders.rollback({ reason: 'worse', toVersion: 2 })).toEqual(receipt);
    expect(heard.map(({ headers }) => headers['idempotency-key'])).toEqual([
      heard[0]?.headers['idempotency-key'],
      heard[0]?.headers['idempotency-key'],
    ]);
    expect(heard[1]).toMatchObject({ url: '/v1/models/shop.orders/rollback', body: { reason: 'worse', toVersion: 2 } });
    await client().orders.approve({ idempotencyKey: 'mine' });
    expect(heard[2]?.headers['idempotency-key']).toBe('mine');
  });

  test('a right to approve is handed on and taken back by name', async () => {
    const receipt = { commandId: 'c', model: 'shop.orders', kind: 'delegate-approval', text: 'received', link: null };
    answers = [json(200, receipt), json(200, receipt)];
    await client().orders.delegateApproval({ to: 'eve', days: 7, reason: 'away' });
    await client().orders.revokeApproval({ to: 'eve', reason: 'back' });
    expect(heard.map(({ url, body }) => [url, body])).toEqual([
      ['/v1/models/shop.orders/approval/delegate', { to: 'eve', days: 7, reason: 'away' }],
      ['/v1/models/shop.orders/approval/revoke', { to: 'eve', reason: 'back' }],
    ]);
  });

  test('a label names its prediction, and has an id', async () => {
    answers = [json(202, { model: 'shop.orders', accepted: 1 })];
    await client().orders.label('p-1', 'yes');
    await client().orders.label({ entity: 'c-1', time: new Date(0) }, 'no', { labelId: 'l-1' });
    expect(heard[0]?.body).toMatchObject({
      model: 'shop.orders',
      labels: [{ predictionId: 'p-1', label: 'yes', labelId: expect.stringMatching(/-7/) as string }],
    });
    expect(heard[1]?.body).toMatchObject({
      labels: [{ entity: 'c-1', time: '1970-01-01T00:00:00.000Z', label: 'no', labelId: 'l-1' }],
    });
  });

  test('a proxy names its prediction, itself and its value', async () => {
    answers = [json(202, { model: 'shop.orders', accepted: 1 })];
    await client().orders.proxy('p-1', 'complaint', true);
    await client().orders.proxy({ predictionId: 'p-2' }, 'clicks', 2.5);
    expect(heard.map(({ url, body }) => [url, body])).toEqual([
      ['/v1/proxies', { model: 'shop.orders', proxies: [{ name: 'complaint', predictionId: 'p-1', value: true }] }],
      ['/v1/proxies', { model: 'shop.orders', proxies: [{ name: 'clicks', predictionId: 'p-2', value: 2.5 }] }],
    ]);
  });

  test('watchRun gives each state once and ends with the run', async () => {
    const run = (status: string, detail: string | null): Answer =>
      json(200, { runId: 'train/a/1', model: 'a', status, detail, endedAt: status === 'running' ? null : 'now' });
    answers = [
      json(404, { code: 'not_found', detail: 'No such run.' }),
      run('running', null),
      run('running', null),
      run('running', 'fitting'),
      run('completed', 'v2'),
    ];
    const seen: unknown[] = [];
    for await (const state of client().watchRun('train/a/1')) seen.push([state.status, state.detail]);
    expect(seen).toEqual([
      ['running', null],
      ['running', 'fitting'],
      ['completed', 'v2'],
    ]);
    expect(heard[0]?.url).toBe('/v1/runs/train%2Fa%2F1');
  });

  test('the run of a retrain is found by its decision; a refusal is told', async () => {
    const receipt = { commandId: 'c-1', model: 'shop.orders', kind: 'retrain', text: 'received', link: null };
    const decided = (runId: string | null): Answer =>
      json(200, { model: 'shop.orders', decisions: [{ key: 'command/c-1', runId, reason: 'the budget is used up' }] });
    answers = [
      json(200, { model: 'shop.orders', decisions: [] }),
      decided('train/shop.orders/2'),
      json(200, { runId: 'train/shop.orders/2', status: 'completed' }),
    ];
    const seen: string[] = [];
    for await (const state of client().orders.watchRun(receipt)) seen.push(state.runId);
    expect(seen).toEqual(['train/shop.orders/2']);
    answers = [decided(null)];
    expect(await failure(client().orders.watchRun(receipt).next())).toMatchObject({
      code: 'conflict',
      message: expect.stringContaining('the budget is used up') as string,
    });
  });

  test('events go on where the last page ended', async () => {
    answers = [
      json(200, { events: [{ type: 'a' }, { type: 'b' }], next: 7 }),
      json(200, { events: [], next: 7 }),
      json(200, { events: [{ type: 'c' }], next: 9 }),
    ];
    const seen: string[] = [];
    for await (const event of client().events({ after: 3, model: 'shop.orders' })) {
      seen.push(event.type);
      if (event.type === 'c') break;
    }
    expect(seen).toEqual(['a', 'b', 'c']);
    expect(heard.map(({ url: asked }) => new URL(asked, url).searchParams.get('after'))).toEqual(['3', '7', '7']);
  });
});

describe('what goes wrong says what to do', () => {
  test('an answer in another form', async () => {
    for (const answer of [
      json(200, { predictions: [] }),
      json(200, []),
      ((response) => void response.end('<html>hello</html>')) satisfies Answer,
    ]) {
      answers = [answer];
      expect(await failure(client().orders.predict({}))).toMatchObject({
        code: 'unknown_answer',
        retryable: false,
        message: expect.stringContaining(clientVersion) as string,
      });
    }
  });

  test('a row that no version could answer, by its place among all rows', async () => {
    const error = { code: 'internal', detail: 'version 1 gave no score of which an answer can be made.' };
    answers = [
      ((response, { body }) => {
        const predictions = (body.predictionIds ?? []).map((predictionId) => ({
          predictionId,
          ...(predictionId === 'p-700' ? { version: 1, arm: 'champion', error } : {}),
        }));
        json(200, { model: 'shop.orders', predictions })(response, { method: '', url: '', headers: {}, body });
      }) satisfies Answer,
    ];
    const rows = Array.from({ length: 800 }, (_, row) => ({ row }));
    const ids = rows.map(({ row }) => `p-${row}`);
    expect(await failure(client().orders.predictMany(rows, { predictionIds: ids }))).toMatchObject({
      code: 'internal',
      path: 'rows[700]',
      message: 'rows[700]: version 1 gave no score of which an answer can be made.',
      retryable: false,
    });
    heard.length = 0;
    const given = await client().orders.predictMany(rows, { predictionIds: ids, failedRows: 'return' });
    expect(given.map(({ predictionId }) => predictionId)).toEqual(ids);
    expect(given.flatMap((row) => ('error' in row ? [row] : []))).toEqual([
      { predictionId: 'p-700', error: expect.objectContaining({ path: 'rows[700]', retryable: false }) as unknown },
    ]);
  });

  test('explanations are asked for in requests that are small enough', async () => {
    answers = [
      ((response, { body }) => {
        const predictions = (body.predictionIds ?? []).map((predictionId) => ({ predictionId }));
        json(200, { model: 'shop.orders', predictions })(response, { method: '', url: '', headers: {}, body });
      }) satisfies Answer,
    ];
    const rows = Array.from({ length: 101 }, (_, row) => ({ row }));
    await client().orders.predictMany(rows, { explain: { top: 2 } });
    await client().orders.predict({}, { explain: true });
    await client().orders.predict({}, { explain: false });
    expect(heard.map(({ body }) => [body.rows?.length, body['explain']])).toEqual([
      [100, { top: 2 }],
      [1, { top: 2 }],
      [1, true],
      [1, undefined],
    ]);
  });

  test('a redirect is not followed: the token stays here', async () => {
    answers = [((response) => void response.writeHead(302, { location: `${url}/elsewhere` }).end()) satisfies Answer];
    expect(await failure(client({ attemptsMax: 1 }).orders.predict({}))).toMatchObject({ code: 'unreachable' });
    expect(heard.map(({ url: asked }) => asked)).toEqual(['/v1/models/shop.orders/predict']);
  });

  test('nobody there, no control address, a wrong address', async () => {
    const alone = connect({
      inferenceUrl: 'http://127.0.0.1:1',
      token: 't',
      models: { orders: { name: 'orders' } },
      repetition: { attemptsMax: 1 },
    });
    expect(await failure(alone.orders.predict({}))).toMatchObject({
      code: 'unreachable',
      hint: expect.stringContaining('PERENNIAL_ALLOWED_ORIGINS') as string,
    });
    expect(await failure(alone.orders.status())).toMatchObject({ code: 'configuration', path: 'controlUrl' });
    expect(() => connect({ url: '127.0.0.1:8080', token: 't', models: {} })).toThrow('http://');
  });

  test('a token that cannot be had fails the call with its own error', async () => {
    const away = new Error('the vault is sealed');
    const sealed = connect({ url, token: () => Promise.reject(away), models: { orders: { name: 'orders' } } });
    expect(await failure(sealed.orders.predict({}))).toBe(away);
  });
});

describe('numbers', () => {
  test('waits double up to their bound, with full jitter, and never undercut what the server asks', () => {
    const bounds = { attemptsMax: 9, firstWaitMsMax: 100, waitMsMax: 1_000 };
    expect([1, 2, 3, 4, 5, 6].map((attempt) => waitBefore(attempt, bounds, undefined, () => 1))).toEqual([
      100, 200, 400, 800, 1_000, 1_000,
    ]);
    expect(waitBefore(3, bounds, undefined, () => 0)).toBe(0);
    expect(waitBefore(1, bounds, 5_000, () => 0)).toBe(5_000);
    expect(retryAfterMs('2')).toBe(2_000);
    expect(retryAfterMs('Thu, 01 Jan 1970 00:00:10 GMT', 4_000)).toBe(6_000);
    expect([retryAfterMs(null), retryAfterMs('soon'), retryAfterMs('-5')]).toEqual([undefined, undefined, 0]);
  });

  test('ids sort by time and do not repeat', () => {
    const ids = Array.from({ length: 1_000 }, (_, ms) => clientId(1_700_000_000_000 + ms));
    expect(ids.toSorted()).toEqual(ids);
    expect(new Set(Array.from({ length: 1_000 }, () => clientId())).size).toBe(1_000);
  });

  test('the version is that of the package', () => {
    expect(clientVersion).toBe(packageJson.version);
  });
});
