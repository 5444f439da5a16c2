import { randomUUID } from 'node:crypto';
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { createToken } from '../../../src/access/create-token.ts';
import { ensureFirstTokens } from '../../../src/access/first-tokens.ts';
import { roles, type Role } from '../../../src/domain/record/closed-sets.ts';
import { hashSecret } from '../../../src/access/secret.ts';
import { createTokenSource } from '../../../src/access/token-source.ts';
import { verifyToken } from '../../../src/access/verify-token.ts';
import { createApi } from '../../../src/create-api.ts';
import type { Api } from '../../../src/control/app.ts';
import { createDatabase, type Database } from '../../../src/db/base/connect.ts';
import {
  aliasMove,
  alert,
  command,
  decision,
  label,
  modelStream,
  rollout,
  routing,
  run,
  specRevision,
  version,
  window,
} from '../../../src/db/schema/index.ts';
import { completeSpec, type ModelSpecInput } from '../../../src/domain/spec/default-spec.ts';
import { PerennialError } from '../../../src/domain/words/errors.ts';
import type { Command, CommandBus } from '../../../src/domain/record/messages.ts';
import { createTestDatabase, type TestDatabase } from '../../worlds/database.ts';

/** Keeps what it is told; `refusal` is thrown instead when set. */
class RecordingBus implements CommandBus {
  readonly delivered: Command[] = [];
  readonly ensured: string[] = [];
  refusal: PerennialError | null = null;

  async deliver(given: Command): Promise<{ accepted: true; text: string }> {
    if (this.refusal !== null) throw this.refusal;
    this.delivered.push(given);
    return { accepted: true, text: `${given.kind} received` };
  }

  async ensureModel(model: string): Promise<void> {
    this.ensured.push(model);
  }

  uiUrl(id: string): string {
    return `http://ui/${id}`;
  }

  async nudge(): Promise<boolean> {
    return true;
  }

  async steps(): Promise<[]> {
    return [];
  }

  async reset(): Promise<void> {
    throw new Error('nothing may be reset here');
  }
}

const silent = { info: () => undefined, error: () => undefined };
let testDatabase: TestDatabase;
let database: Database;
let bus: RecordingBus;
let api: Api;
let secrets: Record<Role, string>;
let folder: string;

beforeAll(async () => {
  testDatabase = await createTestDatabase();
  database = createDatabase(testDatabase.url);
  folder = await mkdtemp(path.join(tmpdir(), 'perennial-control-'));
  const made = await Promise.all(
    roles.map(async (role) => [
      role,
      (await createToken(database.db, { name: `test ${role}`, role, scope: '*', expiresAt: null })).secret,
    ]),
  );
  secrets = Object.fromEntries(made);
});

afterAll(async () => {
  await database.close();
  await testDatabase.drop();
  await rm(folder, { recursive: true, force: true });
});

beforeEach(() => {
  bus = new RecordingBus();
  api = createApi({ database, bus, log: silent });
});

function specOf(name: string, change: Partial<ModelSpecInput> = {}): unknown {
  return completeSpec({
    name,
    about: { owner: 'payments', useCase: 'Tests.', successCriterion: 'They pass.' },
    features: [{ kind: 'number', name: 'amount', missing: 'refuse', min: 0 }],
    target: { task: 'binary', column: 'outcome', positive: 'fraud', negative: 'genuine', labelDelay: { rows: 100 } },
    source: { kind: 'file', path: 'a.csv', format: 'csv' },
    ...change,
  });
}

interface Answer {
  readonly status: number;
  // What came over the wire; each test asserts the members that it means.
  readonly body: Record<string, unknown>;
}

async function call(
  method: string,
  url: string,
  options: { token?: string; body?: unknown; key?: string } = {},
): Promise<Answer> {
  const headers: Record<string, string> = { authorization: `Bearer ${options.token ?? secrets.admin}` };
  if (options.body !== undefined) headers['content-type'] = 'application/json';
  if (options.key !== undefined) headers['idempotency-key'] = options.key;
  const response = await api.request(url, {
    method,
    headers,
    ...(options.body === undefined ? {} : { body: JSON.stringify(options.body) }),
  });
  return { status: response.status, body: z.record(z.string(), z.unknown()).parse(await response.json()) };
}

/** A model of its own for one test. */
async function applied(): Promise<string> {
  const name = `m-${randomUUID().slice(0, 8)}`;
  expect((await call('POST', '/v1/apply', { body: { spec: specOf(name) } })).status).toBe(200);
  bus.delivered.length = 0;
  return name;
}

async function addVersion(model: string, number: number, status: 'released' | 'rejected' = 'released'): Promise<void> {
  await database.db.insert(version).values({
    model,
    version: number,
    runId: `train/${model}/${number}`,
    status,
    specRevision: 1,
    modelDigest: 'a'.repeat(64),
    profileDigest: 'b'.repeat(64),
    correction: 'identity',
    threshold: 0.5,
    snapshots: [],
    report: JSON.parse('{"candidate":{"testMetrics":{"auroc":0.91,"rows":500}},"release":{"family":"gbdt"}}'),
    labelledRows: 1_000,
    throughWindow: null,
    gateVerdict: 'pass',
  });
}

describe('apply', () => {
  test('the first time makes revision 1, the routing row, the stream and a delivery', async () => {
    const name = `m-${randomUUID().slice(0, 8)}`;
    const { status, body } = await call('POST', '/v1/apply', { body: { spec: specOf(name), reason: 'first' } });
    expect({ status, body }).toMatchObject({
      status: 200,
      body: { revision: 1, created: true, changes: [], link: `http://ui/model/${name}` },
    });
    expect(bus.ensured).toEqual([name]);
    expect(bus.delivered).toMatchObject([
      { kind: 'apply', model: name, message: { specRevision: 1, actor: 'test admin', commandId: body['commandId'] } },
    ]);
    const [row] = await database.db.select().from(routing).where(eqModel(routing.model, name));
    expect(row).toMatchObject({ revision: 1, entry: { specRevision: 1, stage: 'empty', champion: null } });
    expect(await database.db.select().from(modelStream).where(eqModel(modelStream.model, name))).toHaveLength(1);
  });

  test(
    'the same definition changes nothing; another one is a revision with its diff, a higher routing revision and ' +
      'a notification',
    async () => {
      const name = await applied();
      const again = await call('POST', '/v1/apply', { body: { spec: specOf(name) } });
      expect(again.body).toMatchObject({ revision: 1, created: false });
      expect(bus.delivered).toEqual([]);

      const listener = await database.pool.connect();
      await listener.query('listen perennial_routing');
      const heard = new Promise<string | undefined>((resolve) =>
        listener.once('notification', (message) => resolve(message.payload)),
      );
      const next = await call('POST', '/v1/apply', { body: { spec: specOf(name, { split: { testShare: 0.2 } }) } });
      expect(JSON.parse((await heard) ?? '')).toEqual({ model: name, revision: 2 });
      listener.release(true);
      expect(next.body).toMatchObject({
        revision: 2,
        created: true,
        changes: [{ path: 'split.testShare', before: '0.15', after: '0.2' }],
      });
      expect(bus.delivered).toMatchObject([{ kind: 'apply', message: { specRevision: 2 } }]);
    },
  );

  test('twenty people at once make one revision of one definition', async () => {
    const name = `m-${randomUUID().slice(0, 8)}`;
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => call('POST', '/v1/apply', { body: { spec: specOf(name) } })),
    );
    expect(answers.map((answer) => answer.status)).toEqual(Array.from({ length: 20 }, () => 200));
    expect(answers.filter((answer) => answer.body['created'] === true)).toHaveLength(1);
    expect(await database.db.select().from(specRevision).where(eqModel(specRevision.model, name))).toHaveLength(1);
  });

  test('a revision that never reached the workflow is delivered by the next apply', async () => {
    const name = `m-${randomUUID().slice(0, 8)}`;
    bus.refusal = new PerennialError('unavailable', 'Temporal is away.');
    expect((await call('POST', '/v1/apply', { body: { spec: specOf(name) } })).status).toBe(503);
    bus.refusal = null;
    expect((await call('POST', '/v1/apply', { body: { spec: specOf(name) } })).body).toMatchObject({
      revision: 1,
      created: false,
    });
    expect(bus.delivered).toMatchObject([{ kind: 'apply', message: { specRevision: 1 } }]);
  });

  test('a wrong definition names its path and stores nothing', async () => {
    const wrong = { ...(specOf('m-wrong') as object), rollout: { shadow: 'soon' } };
    const { status, body } = await call('POST', '/v1/apply', { body: { spec: wrong } });
    expect({ status, body }).toMatchObject({ status: 422, body: { code: 'invalid_spec', path: 'rollout.shadow' } });
    expect((await call('GET', '/v1/models/m-wrong')).status).toBe(404);
  });
});

describe('commands', () => {
  test('reach the workflow with actor, reason and the id of their row', async () => {
    const name = await applied();
    await addVersion(name, 1);
    await call('POST', `/v1/models/${name}/retrain`, {
      token: secrets.operator,
      body: { reason: 'new pricing', rollout: false },
    });
    await call('POST', `/v1/models/${name}/rollback`, {
      token: secrets.operator,
      body: { reason: 'complaints', toVersion: 1 },
    });
    await call('POST', `/v1/models/${name}/pause`, { token: secrets.operator, body: {} });
    await call('POST', `/v1/models/${name}/resume`, { token: secrets.operator, body: {} });
    expect(bus.delivered).toMatchObject([
      { kind: 'retrain', message: { actor: 'test operator', reason: 'new pricing', rollout: false } },
      { kind: 'rollback', message: { reason: 'complaints', toVersion: 1 } },
      { kind: 'pause' },
      { kind: 'resume' },
    ]);
    const rows = await database.db.select().from(command).where(eqModel(command.model, name));
    expect(new Set(bus.delivered.map((given) => given.message.commandId))).toEqual(
      new Set(rows.filter((row) => row.kind !== 'apply').map((row) => row.commandId)),
    );
    expect(rows.every((row) => row.status === 'done' && row.answeredAt !== null)).toBe(true);
  });

  test('the same key with the same body gets the first answer, with another body a conflict', async () => {
    const name = await applied();
    for (const key of [randomUUID(), `nightly-${name}`]) {
      bus.delivered.length = 0;
      const first = await call('POST', `/v1/models/${name}/pause`, { body: { reason: 'a' }, key });
      expect(await call('POST', `/v1/models/${name}/pause`, { body: { reason: 'a' }, key })).toEqual(first);
      expect(bus.delivered).toHaveLength(1);
      const other = await call('POST', `/v1/models/${name}/pause`, { body: { reason: 'b' }, key });
      expect(other).toMatchObject({ status: 422, body: { code: 'idempotency_reused', path: 'Idempotency-Key' } });
    }
  });

  test('what was refused stays refused; what may succeed later is tried again', async () => {
    const name = await applied();
    bus.refusal = new PerennialError('unavailable', 'Temporal is away.');
    expect((await call('POST', `/v1/models/${name}/pause`, { body: {}, key: 'k1' })).status).toBe(503);
    bus.refusal = new PerennialError('conflict', 'It is paused already.');
    expect((await call('POST', `/v1/models/${name}/pause`, { body: {}, key: 'k1' })).body).toMatchObject({
      code: 'conflict',
    });
    bus.refusal = null;
    expect((await call('POST', `/v1/models/${name}/pause`, { body: {}, key: 'k1' })).body).toMatchObject({
      code: 'conflict',
      detail: 'It is paused already.',
    });
    expect(bus.delivered).toEqual([]);
  });

  test('approve and abort speak to the rollout under way; without one they say so', async () => {
    const name = await applied();
    expect(await call('POST', `/v1/models/${name}/approve`, { body: {} })).toMatchObject({
      status: 409,
      body: { detail: `No rollout of "${name}" is under way: there is nothing to approve.` },
    });
    await database.db
      .insert(rollout)
      .values({ model: name, version: 2, attempt: 1, status: 'held', specRevision: 1, salt: 's', baseVersion: 1 });
    await call('POST', `/v1/models/${name}/abort`, { body: { reason: 'no' } });
    expect(bus.delivered).toMatchObject([{ kind: 'abort', rollout: { model: name, version: 2, attempt: 1 } }]);
  });

  test('rollback needs a reason and a released version', async () => {
    const name = await applied();
    await addVersion(name, 1, 'rejected');
    const roll = (body: object) => call('POST', `/v1/models/${name}/rollback`, { body });
    expect(await roll({})).toMatchObject({ status: 400, body: { path: 'reason' } });
    expect(await roll({ reason: 'x', toVersion: 7 })).toMatchObject({
      status: 404,
      body: { code: 'version_not_found', detail: expect.stringContaining('it has v1') },
    });
    expect(await roll({ reason: 'x', toVersion: 1 })).toMatchObject({ status: 409 });
  });

  test('an unknown model lists what exists', async () => {
    const name = await applied();
    const { status, body } = await call('POST', '/v1/models/no-such/retrain', { body: {} });
    expect(status).toBe(404);
    expect(body['detail']).toContain(name);
  });
});

describe('permissions', () => {
  test('a scope covers its models and nothing else', async () => {
    const name = await applied();
    const { secret } = await createToken(database.db, {
      name: 'narrow',
      role: 'admin',
      scope: `${name}*`,
      expiresAt: null,
    });
    expect((await call('GET', `/v1/models/${name}`, { token: secret })).status).toBe(200);
    const other = await applied();
    for (const [method, url] of [
      ['GET', `/v1/models/${other}`],
      ['POST', `/v1/models/${other}/pause`],
      ['GET', `/v1/alerts?model=${other}`],
    ] as const) {
      expect((await call(method, url, { token: secret, ...(method === 'POST' ? { body: {} } : {}) })).status).toBe(403);
    }
    expect((await call('POST', '/v1/apply', { token: secret, body: { spec: specOf('elsewhere') } })).status).toBe(403);
    expect((await call('GET', '/v1/tokens', { token: secret })).status).toBe(403);
    const listed = await call('GET', '/v1/models?limit=200', { token: secret });
    expect(listed.body['models']).toMatchObject([{ model: name }]);
  });

  test('tokens are made once, listed without secrets, revoked at once, and expire', async () => {
    const made = await call('POST', '/v1/tokens', {
      body: { name: 'ci', role: 'viewer', scope: 'payments.*', expiresInDays: 1 },
    });
    const secret = String(made.body['secret']);
    expect(await verifyToken(database.db, secret)).toMatchObject({ name: 'ci', role: 'viewer', scope: 'payments.*' });
    expect(JSON.stringify((await call('GET', '/v1/tokens')).body)).not.toContain(secret);
    expect((await call('DELETE', `/v1/tokens/${String(made.body['tokenId'])}`)).status).toBe(200);
    await expect(verifyToken(database.db, secret)).rejects.toMatchObject({ code: 'unauthenticated' });
    expect((await call('DELETE', `/v1/tokens/${String(made.body['tokenId'])}`)).status).toBe(404);
    const expired = await createToken(database.db, {
      name: 'old',
      role: 'viewer',
      scope: '*',
      expiresAt: new Date(Date.now() - 1),
    });
    expect((await call('GET', '/v1/models', { token: expired.secret })).status).toBe(401);
  });
});

describe('the token source of serving', () => {
  test('knows role, scope and revocation, and outlives the database for what it has seen', async () => {
    let now = Date.now();
    const away = createDatabase(testDatabase.url, { connectionsMax: 1 });
    const source = createTokenSource(away, { nowMs: () => now });
    const { secret, tokenId } = await createToken(database.db, {
      name: 'p',
      role: 'predictor',
      scope: 'payments.*',
      expiresAt: null,
    });
    const ask = (text: string, model: string | null) => source.authorise(hashSecret(text), model, 'predict');
    expect(await ask(secret, 'payments.fraud')).toBe('allowed');
    expect(await ask(secret, null)).toBe('allowed');
    expect(await ask(secret, 'fraud')).toBe('forbidden');
    expect(await ask(secrets.viewer, 'fraud')).toBe('forbidden');
    expect(await ask('prn_nobody', null)).toBe('unauthenticated');
    await call('DELETE', `/v1/tokens/${tokenId}`);
    now += 10_000;
    expect(await ask(secret, null)).toBe('unauthenticated');
    expect(await ask(secrets.admin, 'fraud')).toBe('allowed');
    await away.close();
    now += 60_000;
    expect(await ask(secrets.admin, 'fraud')).toBe('allowed');
    await expect(ask('prn_new', null)).rejects.toMatchObject({ code: 'unavailable' });
    now += 3_600_000;
    await expect(ask(secrets.admin, 'fraud')).rejects.toMatchObject({ code: 'unavailable' });
  });
});

describe('first tokens', () => {
  test('are made once, private, and remade when the file is lost', async () => {
    const fresh = await createTestDatabase();
    const own = createDatabase(fresh.url);
    try {
      const [first, ...others] = await Promise.all(
        Array.from({ length: 5 }, () => ensureFirstTokens(own, path.join(folder, 'state'))),
      );
      expect([first, ...others].filter((made) => made?.created)).toHaveLength(1);
      const file = first?.file ?? '';
      expect((await stat(file)).mode & 0o777).toBe(0o600);
      const { admin, predictor } = JSON.parse(await readFile(file, 'utf8'));
      expect(await verifyToken(own.db, admin)).toMatchObject({ role: 'admin', scope: '*' });
      expect(await verifyToken(own.db, predictor)).toMatchObject({ role: 'predictor' });
      await rm(file);
      expect(await ensureFirstTokens(own, path.join(folder, 'state'), { recover: false })).toMatchObject({
        created: false,
      });
      expect(await ensureFirstTokens(own, path.join(folder, 'state'))).toMatchObject({ created: true });
      await expect(verifyToken(own.db, admin)).rejects.toMatchObject({ code: 'unauthenticated' });
    } finally {
      await own.close();
      await fresh.drop();
    }
  });
});

describe('views', () => {
  test('status, settled, history and the champion at an instant say what is in Postgres', async () => {
    const name = await applied();
    await addVersion(name, 1);
    const db = database.db;
    const old = new Date('2026-05-01T00:00:00Z');
    const later = new Date('2026-05-03T00:00:00Z');
    await db.insert(aliasMove).values([
      {
        model: name,
        alias: 'champion',
        fromVersion: null,
        toVersion: 1,
        actor: 'rollout',
        why: 'first',
        routingRevision: 2,
        movedAt: old,
      },
      {
        model: name,
        alias: 'champion',
        fromVersion: 1,
        toVersion: 2,
        actor: 'ana',
        why: 'approved',
        routingRevision: 3,
        movedAt: later,
      },
    ]);
    await db
      .update(modelStream)
      .set({ lastSeq: 1_230, openWindow: 4, openRows: 30, labels: 1 })
      .where(eqModel(modelStream.model, name));
    const closed = { model: name, rows: 400, openedAt: old };
    await db.insert(window).values([
      { ...closed, number: 1, firstSeq: 1, lastSeq: 400, judgedAt: later },
      { ...closed, number: 2, firstSeq: 401, lastSeq: 800 },
      { ...closed, number: 3, firstSeq: 801, lastSeq: 1_200, judgedAt: later },
    ]);
    await db.insert(decision).values({
      model: name,
      key: 'window/1',
      windowNumber: 1,
      retrain: true,
      trigger: 'decay',
      reason: 'quality fell',
      considered: [],
      runId: `train/${name}/2`,
    });
    await db.insert(run).values({ runId: `train/${name}/2`, model: name, kind: 'train', status: 'running', input: {} });
    await db
      .insert(alert)
      .values({ model: name, kind: 'drift', subject: 'amount', severity: 'warning', title: 'amount moved', body: '…' });
    await db
      .insert(label)
      .values({ model: name, labelId: 'l1', label: 'fraud', knownSeq: 5, knownWindow: 1, receivedAt: later });
    await db.insert(rollout).values({
      model: name,
      version: 2,
      attempt: 1,
      status: 'active',
      step: 1,
      stepBegun: true,
      stepStartedSeq: 1_000,
      settledSeq: 1_100,
      specRevision: 1,
      salt: 's',
      baseVersion: 1,
    });

    const status = await call('GET', `/v1/models/${name}`, { token: secrets.viewer });
    expect(status.body).toMatchObject({
      predictions: 1_230,
      labels: 1,
      openWindow: { number: 4, rows: 30 },
      lastClosedWindow: 3,
      lastJudgedWindow: 1,
      lastDecidedWindow: 1,
      rollout: { version: 2, step: 1, steps: 2, waitsFor: 'canary 20 %: 230 of 500 rows' },
      running: [{ runId: `train/${name}/2` }],
      openAlerts: [{ kind: 'drift', subject: 'amount' }],
      link: `http://ui/model/${name}`,
    });
    expect((await call('GET', `/v1/models/${name}/settled`)).body).toEqual({
      model: name,
      lastSeq: 1_230,
      lastClosedWindow: 3,
      lastJudgedWindow: 1,
      lastDecidedWindow: 1,
      runningTrainings: 1,
      championVersion: null,
      routingRevision: 1,
      rollout: { version: 2, attempt: 1, status: 'active', step: 1, stepBegun: true, settledSeq: 1_100 },
      labels: 1,
      isSettled: false,
      waitsFor: '1 window(s) to be judged',
    });
    const history = await call('GET', `/v1/models/${name}/history?limit=1`);
    expect(history.body).toMatchObject({
      moves: [{ toVersion: 2, actor: 'ana' }],
      versions: [{ version: 1, family: 'gbdt', metrics: { auroc: 0.91 } }],
      decisions: [{ reason: 'quality fell' }],
    });
    expect((await call('GET', `/v1/models/${name}/history?limit=201`)).status).toBe(400);
    const at = (instant: string) => call('GET', `/v1/models/${name}/champion?at=${instant}`);
    expect((await at('2026-04-01T00:00:00Z')).body).toMatchObject({ champion: null });
    expect((await at('2026-05-02T00:00:00Z')).body).toMatchObject({ champion: { version: 1, why: 'first' } });
    expect((await at('2026-05-04T00:00:00Z')).body).toMatchObject({ champion: { version: 2, actor: 'ana' } });
    expect((await at('yesterday')).status).toBe(400);
    expect((await call('GET', `/v1/runs/${encodeURIComponent(`train/${name}/2`)}`)).body).toMatchObject({
      model: name,
      link: `http://ui/train/${name}/2`,
    });
    expect((await call('GET', `/v1/models/${name}/versions/1`)).body).toMatchObject({
      version: 1,
      report: { release: { family: 'gbdt' } },
    });
    expect((await call('GET', `/v1/models/${name}/rollouts`)).body).toMatchObject({ rollouts: [{ version: 2 }] });
    expect((await call('GET', `/v1/models/${name}/spec`)).body).toMatchObject({ revision: 1, spec: { name } });
    expect((await call('GET', `/v1/alerts?model=${name}&open=true`)).body).toMatchObject({
      alerts: [{ kind: 'drift' }],
    });
  });
});

function eqModel(column: Parameters<typeof eq>[0], name: string): ReturnType<typeof eq> {
  return eq(column, name);
}
