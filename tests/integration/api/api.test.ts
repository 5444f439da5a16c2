import { randomUUID } from 'node:crypto';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { exampledRoutes, exampleOf } from '../../../src/contracts/openapi/examples.ts';
import { alert, command, decision, rollout, run, token as tokenTable } from '../../../src/db/schema/index.ts';
import { exampleRow } from '../../../src/domain/spec/example-row.ts';
import { inferenceOpenApi } from '../../../src/serving/http/openapi.ts';
import { createApiWorld, type ApiWorld } from '../../worlds/api-world.ts';

let world: ApiWorld;
beforeAll(async () => {
  world = await createApiWorld();
});
afterAll(() => world.close());

type Json = Record<string, unknown>;

describe('descriptions', () => {
  test.each(['control', 'inference', 'a model'])(
    'of %s: every reference resolves, every schema compiles, every example fits',
    async (which) => {
      const name = await world.applied();
      const document =
        which === 'inference'
          ? inferenceOpenApi('1')
          : (await world.call('GET', which === 'control' ? '/openapi.json' : `/v1/models/${name}/openapi.json`)).body;
      expect(checkDocument(document)).toEqual([]);
    },
  );

  test('examples belong to routes', async () => {
    const { paths } = (await world.call('GET', '/openapi.json')).body as { paths: Record<string, Json> };
    for (const route of exampledRoutes) {
      const [method = '', path = ''] = route.split(' ');
      expect({ route, isThere: paths[path]?.[method.toLowerCase()] !== undefined }).toEqual({ route, isThere: true });
      expect(exampleOf(route)).toBeDefined();
    }
  });

  test('a model is described in its own words', async () => {
    const name = await world.applied();
    const { body } = await world.call('GET', `/v1/models/${name}/openapi.json`);
    const schemas = body['components'] as { schemas: { Row: Json } };
    expect(schemas.schemas.Row).toMatchObject({
      required: ['amount', 'merchant'],
      additionalProperties: false,
      properties: {
        merchant: { enum: ['food', 'travel'] },
        amount: { type: 'number', 'x-range': { min: 0, max: 100 } },
        country: { 'x-values': ['de', 'fr'] },
        items: { type: ['integer', 'null'] },
      },
    });
    expect(exampleRow(world.specOf(name))).toEqual({
      card: 'entity-1',
      amount: 50,
      items: 1,
      merchant: 'food',
      country: 'de',
      night: true,
      at: '2026-01-05T12:00:00Z',
    });
  });
});

describe('lists', () => {
  test('go on where they stopped, whatever is inserted meanwhile', async () => {
    const name = await world.applied();
    const db = world.database.db;
    const at = new Date('2026-05-01T00:00:00Z');
    const row = (n: number, when: Date) => ({
      model: name,
      kind: 'drift' as const,
      subject: `f${n}`,
      severity: 'warning' as const,
      title: 't',
      body: 'b',
      openedAt: when,
    });
    // All at one instant: only the second part of the key can tell them apart.
    await db.insert(alert).values([1, 2, 3, 4, 5].map((n) => row(n, at)));
    const seen: unknown[] = [];
    let url = `/v1/alerts?model=${name}&limit=2`;
    for (let page = 0; page < 3; page++) {
      const { body, headers } = await world.call('GET', url);
      seen.push(...(body['alerts'] as { subject: string }[]).map(({ subject }) => subject));
      await db.insert(alert).values(row(100 + page, new Date('2026-06-01T00:00:00Z')));
      if (body['next'] === null) break;
      expect(headers.get('link')).toBe(`</v1/alerts?model=${name}&limit=2&cursor=${String(body['next'])}>; rel="next"`);
      url = `/v1/alerts?model=${name}&limit=2&cursor=${String(body['next'])}`;
    }
    expect(seen).toEqual(['f5', 'f4', 'f3', 'f2', 'f1']);
  });

  test('a history goes on list by list until all have ended', async () => {
    const name = await world.applied();
    const db = world.database.db;
    const at = new Date('2026-05-01T00:00:00Z');
    await db.insert(decision).values(
      [1, 2, 3].map((n) => ({
        model: name,
        key: `window/${n}`,
        windowNumber: n,
        retrain: false,
        reason: 'no',
        considered: [],
        createdAt: at,
      })),
    );
    await db
      .insert(run)
      .values({ runId: `train/${name}/1`, model: name, kind: 'train', status: 'completed', input: {}, startedAt: at });
    const keys: string[] = [];
    const runs: unknown[] = [];
    let cursor = '';
    for (let page = 0; page < 5; page++) {
      const { body } = await world.call('GET', `/v1/models/${name}/history?limit=1${cursor}`);
      keys.push(...(body['decisions'] as { key: string }[]).map(({ key }) => key));
      runs.push(...(body['runs'] as unknown[]));
      if (body['next'] === null) break;
      cursor = `&cursor=${String(body['next'])}`;
    }
    expect(keys).toEqual(['window/3', 'window/2', 'window/1']);
    expect(runs).toHaveLength(1);
  });

  test('models and versions page too, and a cursor of another list is refused', async () => {
    await world.applied();
    await world.applied();
    const first = await world.call('GET', '/v1/models?limit=1');
    const second = await world.call('GET', `/v1/models?limit=1&cursor=${String(first.body['next'])}`);
    const names = [first, second].map(({ body }) => (body['models'] as { model: string }[])[0]?.model ?? '');
    expect(names[0]).not.toBe(names[1]);
    expect([...names].sort()).toEqual(names);
    for (const cursor of [
      String(first.body['next']),
      'AAAA',
      Buffer.from('["x",-1,99999999999]').toString('base64url'),
    ]) {
      expect(await world.call('GET', `/v1/models/${names[0]}/rollouts?cursor=${cursor}`)).toMatchObject({
        status: 400,
        body: { path: 'cursor' },
      });
    }
    expect((await world.call('GET', `/v1/models/${names[0]}/versions?limit=0`)).status).toBe(400);
    expect((await world.call('GET', `/v1/models/${names[0]}/versions?limit=1e1`)).status).toBe(400);
    expect((await world.call('GET', `/v1/models/${names[0]}/versions`)).body).toMatchObject({
      versions: [],
      next: null,
    });
  });
});

describe('entity tags', () => {
  test('what is known is not sent again', async () => {
    const name = await world.applied();
    for (const url of [`/v1/models/${name}`, `/v1/models/${name}/spec`, `/v1/models/${name}/openapi.json`]) {
      const { headers } = await world.call('GET', url);
      const tag = headers.get('etag') ?? '';
      expect(await world.call('GET', url, { headers: { 'if-none-match': `"other", ${tag}` } })).toMatchObject({
        status: 304,
        body: {},
      });
      expect((await world.call('GET', url, { headers: { 'if-none-match': '"other"' } })).status).toBe(200);
    }
  });

  test('a command is done only while the model is what it was; traffic does not count', async () => {
    const name = await world.applied();
    const tag = (await world.call('GET', `/v1/models/${name}`)).headers.get('etag') ?? '';
    await world.database.pool.query('update model_stream set last_seq = last_seq + 10 where model = $1', [name]);
    expect((await world.call('GET', `/v1/models/${name}`)).headers.get('etag')).not.toBe(tag);
    expect(
      (await world.call('POST', `/v1/models/${name}/pause`, { body: {}, headers: { 'if-match': tag } })).status,
    ).toBe(200);
    await world.database.db
      .insert(rollout)
      .values({ model: name, version: 2, attempt: 1, status: 'held', specRevision: 1, salt: 's', baseVersion: 1 });
    const key = randomUUID();
    const late = () =>
      world.call('POST', `/v1/models/${name}/approve`, {
        body: {},
        headers: { 'if-match': tag, 'idempotency-key': key },
      });
    expect(await late()).toMatchObject({ status: 412, body: { code: 'precondition_failed', path: 'If-Match' } });
    expect(await late()).toMatchObject({ status: 412 });
    const now = (await world.call('GET', `/v1/models/${name}`)).headers.get('etag') ?? '';
    expect(
      (await world.call('POST', `/v1/models/${name}/approve`, { body: {}, headers: { 'if-match': `W/${now}` } }))
        .status,
    ).toBe(412);
    expect(
      (await world.call('POST', `/v1/models/${name}/approve`, { body: {}, headers: { 'if-match': `"x", ${now}` } }))
        .status,
    ).toBe(200);
    expect(world.delivered.map(({ kind }) => kind)).toEqual(['pause', 'approve']);
  });

  test('a definition is replaced only by who knows it; of two at once one wins', async () => {
    const name = await world.applied();
    const tag = (await world.call('GET', `/v1/models/${name}/spec`)).headers.get('etag') ?? '';
    const apply = (useCase: string, headers: Record<string, string>) =>
      world.call('POST', '/v1/apply', {
        body: {
          spec: { ...world.specOf(name), about: { owner: 'payments', useCase, successCriterion: 'They pass.' } },
        },
        headers,
      });
    const both = await Promise.all([apply('One.', { 'if-match': tag }), apply('Two.', { 'if-match': tag })]);
    expect(new Set(both.map(({ status }) => status))).toEqual(new Set([200, 412]));
    expect((await apply('Three.', { 'if-none-match': '*' })).status).toBe(412);
    // What is asked for already stands: a retry of the winner is no failure.
    const winner = both[0]?.status === 200 ? 'One.' : 'Two.';
    expect(await apply(winner, { 'if-match': tag })).toMatchObject({
      status: 200,
      body: { created: false, revision: 2 },
    });
  });
});

describe('Idempotency-Key', () => {
  const make = (name: string, key: string, token?: string) =>
    world.call('POST', '/v1/tokens', {
      body: { name, role: 'viewer', scope: '*' },
      headers: { 'idempotency-key': key },
      ...(token === undefined ? {} : { token }),
    });

  test('the first answer is given again, also a secret, which the database cannot tell', async () => {
    const key = randomUUID();
    const first = await make('ci', key);
    expect(first.status).toBe(200);
    expect(await make('ci', key)).toMatchObject({ status: 200, body: first.body });
    const rows = await world.database.db.select().from(tokenTable).where(eq(tokenTable.name, 'ci'));
    expect(rows).toHaveLength(1);
    const stored = await world.database.db.select().from(command).where(eq(command.kind, 'request'));
    expect(JSON.stringify(stored)).not.toContain(String(first.body['secret']));
    expect(await make('other', key)).toMatchObject({ status: 422, body: { code: 'idempotency_reused' } });
    const other = String(
      (await world.call('POST', '/v1/tokens', { body: { name: 'admin two', role: 'admin', scope: '*' } })).body[
        'secret'
      ],
    );
    expect((await make('ci', key, other)).body['tokenId']).not.toBe(first.body['tokenId']);
  });

  test('of twenty at once one is done', async () => {
    const key = `storm-${randomUUID()}`;
    const replies = await Promise.all(Array.from({ length: 20 }, () => make('storm', key)));
    const done = replies.filter(({ status }) => status === 200);
    expect(new Set(done.map(({ body }) => body['tokenId'])).size).toBe(1);
    expect(
      replies
        .filter(({ status }) => status !== 200)
        .every(({ status, body }) => status === 409 && body['code'] === 'idempotency_in_progress'),
    ).toBe(true);
    expect(await world.database.db.select().from(tokenTable).where(eq(tokenTable.name, 'storm'))).toHaveLength(1);
    expect((await make('storm', key)).status).toBe(200);
  });

  test('commands at once are delivered as one, and a refused request frees its key', async () => {
    const name = await world.applied();
    const key = randomUUID();
    const replies = await Promise.all(
      Array.from({ length: 10 }, () =>
        world.call('POST', `/v1/models/${name}/retrain`, {
          body: { reason: 'x' },
          headers: { 'idempotency-key': key },
        }),
      ),
    );
    expect(new Set(replies.map(({ status, body }) => `${status} ${String(body['commandId'])}`))).toEqual(
      new Set([`200 ${key}`]),
    );
    expect(new Set(world.delivered.map(({ message }) => message.commandId))).toEqual(new Set([key]));
    const free = randomUUID();
    expect((await make('', free)).status).toBe(400);
    expect((await make('fine', free)).status).toBe(200);
    expect((await make('x', 'ü'.repeat(3))).status).toBe(400);
    expect((await make('x', 'k'.repeat(201))).status).toBe(400);
  });
});

test('a body that is not JSON by its own word is refused', async () => {
  const name = await world.applied();
  for (const type of ['text/plain', 'application/x-www-form-urlencoded']) {
    expect(
      await world.call('POST', `/v1/models/${name}/pause`, { body: {}, headers: { 'content-type': type } }),
    ).toMatchObject({ status: 415, body: { code: 'unsupported_media_type' } });
  }
  expect(world.delivered).toEqual([]);
});

/** What is wrong with a document; each finding names its place. */
function checkDocument(document: Json): string[] {
  const ajv = new Ajv2020({ strict: false, validateFormats: false, allErrors: true });
  const wrong: string[] = [];
  const walk = (value: unknown, path: string): void => {
    if (typeof value !== 'object' || value === null) return;
    if (Array.isArray(value)) return value.forEach((item, index) => walk(item, `${path}/${index}`));
    const record = value as Json;
    if (typeof record['$ref'] === 'string' && resolve(document, record['$ref']) === undefined)
      wrong.push(`${path}: ${record['$ref']} leads nowhere`);
    const { schema } = record;
    if (typeof schema === 'object' && schema !== null) {
      try {
        const validate = ajv.compile(inline(document, schema, 0));
        if ('example' in record && !validate(record['example']))
          wrong.push(`${path}: the example does not fit: ${ajv.errorsText(validate.errors)}`);
      } catch (error) {
        wrong.push(`${path}: ${String(error)}`);
      }
    }
    for (const [key, item] of Object.entries(record)) if (key !== 'example') walk(item, `${path}/${key}`);
  };
  walk(document, '');
  const ids = Object.values(document['paths'] as Record<string, Json>).flatMap((item) =>
    Object.values(item).map((operation) => (operation as Json)['operationId']),
  );
  if (new Set(ids).size !== ids.length || ids.includes(undefined)) wrong.push('operation ids are missing or repeated');
  for (const [path, item] of Object.entries(document['paths'] as Record<string, Json>)) {
    for (const operation of Object.values(item)) {
      const responses = Object.keys((operation as { responses: Json }).responses);
      if (responses.includes('default') || !responses.includes('500'))
        wrong.push(`${path}: responses are ${responses.join(', ')}`);
    }
  }
  return wrong;
}

function resolve(document: Json, ref: string): unknown {
  let at: unknown = document;
  for (const part of ref.replace(/^#\//, '').split('/'))
    at =
      typeof at === 'object' && at !== null
        ? (at as Json)[part.replaceAll('~1', '/').replaceAll('~0', '~')]
        : undefined;
  return at;
}

function inline(document: Json, schema: object, depth: number): object {
  if (depth > 20) return {};
  const ref = (schema as Json)['$ref'];
  if (typeof ref === 'string') return inline(document, (resolve(document, ref) ?? {}) as object, depth + 1);
  return Object.fromEntries(
    Object.entries(schema).map(([key, value]) => [
      key,
      typeof value === 'object' && value !== null
        ? Array.isArray(value)
          ? value.map((item) =>
              typeof item === 'object' && item !== null
                ? inline(document, item as object, depth + 1)
                : (item as unknown),
            )
          : inline(document, value as object, depth + 1)
        : value,
    ]),
  );
}
