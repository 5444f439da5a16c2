import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { createDatabase, type Database } from '../../../src/db/base/connect.ts';
import {
  aliasMove,
  alert,
  annotation,
  decision,
  freeze,
  model,
  modelStream,
  run,
  window,
} from '../../../src/db/schema/index.ts';
import { listModelNames } from '../../../src/db/models/specs.ts';
import { settledOf } from '../../../src/db/views/views.ts';
import { statusesOf, statusOf } from '../../../src/db/views/views-status.ts';
import { createTestDatabase, type TestDatabase } from '../../worlds/database.ts';
import { seedHome } from '../../worlds/home-world.ts';

const at = (text: string): Date => new Date(text);
const listedMax = 20;

let testDatabase: TestDatabase;
let database: Database;

beforeAll(async () => {
  testDatabase = await createTestDatabase();
  database = createDatabase(testDatabase.url, { connectionsMax: 2 });
  await seedHome(database);
  const { db } = database;
  await db.update(modelStream).set({ labels: 700 });
  // Neighbours of the model that is looked at have the same things, otherwise: what is mixed up is seen.
  await db.insert(freeze).values([
    { model: '*', kind: 'freeze', actor: 'bo', reason: 'the year ends', since: at('2026-05-06T00:00:00Z') },
    { model: 'payments.fraud', kind: 'kill', actor: 'ann', reason: 'it costs', since: at('2026-05-07T00:00:00Z') },
  ]);
  await db.insert(annotation).values([
    { model: 'payments.fraud', kind: 'owner', text: 'first', actor: 'ann' },
    { model: 'payments.fraud', kind: 'owner', text: 'second', actor: 'ann' },
    {
      model: 'payments.fraud',
      kind: 'description',
      text: 'taken back',
      actor: 'ann',
      removedAt: new Date(),
    },
    { model: 'payments.fraud', version: 2, kind: 'tag', text: 'of a version', actor: 'ann' },
    { model: 'shop.returns', kind: 'tag', text: 'shop', actor: 'ann' },
  ]);
  await db.insert(aliasMove).values({
    model: 'shop.returns',
    alias: 'champion',
    fromVersion: null,
    toVersion: 1,
    actor: 'platform',
    why: 'first of another',
    routingRevision: 1,
  });
  await db.insert(window).values(
    [1, 2, 3].map((number) => ({
      model: 'shop.returns',
      number,
      rows: 10,
      firstSeq: 1,
      lastSeq: 1,
      openedAt: new Date(),
      judgedAt: number === 2 ? null : new Date(),
      decidedAt: number === 1 ? new Date() : null,
    })),
  );
  await db.insert(decision).values([
    {
      model: 'payments.fraud',
      key: 'command/1',
      windowNumber: 9,
      retrain: true,
      reason: 'a person asked',
      considered: [],
      createdAt: at('2026-05-20T00:00:00Z'),
    },
    {
      model: 'shop.returns',
      key: 'window/1',
      windowNumber: 1,
      retrain: false,
      reason: 'another',
      considered: [],
      createdAt: at('2026-06-01T00:00:00Z'),
    },
  ]);
  const runOf = (name: string, n: number) => ({
    runId: `train/${name}/${n}`,
    model: name,
    kind: 'train' as const,
    status: 'running' as const,
    input: {},
    startedAt: new Date(Date.UTC(2026, 4, 1, n)),
  });
  await db
    .insert(run)
    .values([
      runOf('shop.returns', 1),
      { ...runOf('payments.fraud', 1), status: 'completed' },
      ...Array.from({ length: listedMax + 3 }, (_, n) => runOf('payments.fraud', 2 + n)),
    ]);
  await db.insert(alert).values(
    Array.from({ length: listedMax + 3 }, (_, n): typeof alert.$inferInsert => ({
      model: 'shop.returns',
      kind: 'drift',
      subject: `v${n}`,
      severity: 'info' as const,
      title: 't',
      body: 'b',
      openedAt: new Date(Date.UTC(2026, 4, 1, n)),
    })),
  );
});

afterAll(async () => {
  await database.close();
  await testDatabase.drop();
});

test('a status says of a model what is stored about it, and nothing of its neighbours', async () => {
  const view = await statusOf(database.db, 'payments.fraud');
  expect(view).toMatchObject({
    model: 'payments.fraud',
    owner: 'second',
    useCase: 'Tests.',
    description: null,
    tags: ['money'],
    specRevision: 1,
    paused: null,
    frozen: { model: 'payments.fraud', kind: 'kill', by: 'ann', reason: 'it costs', since: '2026-05-07T00:00:00.000Z' },
    stage: 'canary',
    routingRevision: 2,
    champion: { version: 2, since: '2026-05-03T00:00:00.000Z', actor: 'rollout', why: 'Log loss is 0.2 better.' },
    challenger: { version: 3, percent: 25 },
    rollout: {
      version: 3,
      attempt: 1,
      status: 'held',
      baseVersion: 2,
      waitsFor: 'a person to approve or abort (the bound is 25 %)',
    },
    predictions: 2_000,
    labels: 700,
    openWindow: { number: 3, rows: 0 },
    lastClosedWindow: 2,
    lastJudgedWindow: 2,
    lastDecidedWindow: 5,
    lastDecision: { key: 'command/1', retrain: true, reason: 'a person asked', at: '2026-05-20T00:00:00.000Z' },
  });
  expect(view.running.map(({ runId }) => runId)).toEqual(
    Array.from({ length: listedMax }, (_, n) => `train/payments.fraud/${listedMax + 4 - n}`),
  );
  expect(view.openAlerts.map(({ kind }) => kind).toSorted()).toEqual(['decay', 'drift']);
  expect(await statusOf(database.db, 'shop.returns')).toMatchObject({
    frozen: { model: '*', kind: 'freeze' },
    tags: ['shop'],
    champion: { why: 'first of another' },
    lastClosedWindow: 3,
    lastJudgedWindow: 1,
    lastDecidedWindow: 1,
    lastDecision: { reason: 'another' },
    rollout: null,
    challenger: null,
    running: [{ runId: 'train/shop.returns/1' }],
    openAlerts: Array.from({ length: listedMax }, (_, n) => ({ subject: `v${listedMax + 2 - n}` })),
  });
  expect(await settledOf(database.db, 'payments.fraud')).toMatchObject({
    lastSeq: 2_000,
    labels: 700,
    lastDecidedWindow: 5,
    runningTrainings: listedMax + 3,
    isSettled: false,
  });
});

test('a model without traffic has a status too, and one that does not exist is named with those that do', async () => {
  const { db } = database;
  expect(await statusOf(db, 'new')).toMatchObject({
    champion: null,
    challenger: null,
    rollout: null,
    stage: 'empty',
    predictions: 0,
    openWindow: { number: 1, rows: 0 },
    lastClosedWindow: 0,
    lastJudgedWindow: 0,
    lastDecidedWindow: 0,
    lastDecision: null,
    running: [],
    openAlerts: [],
    versions: 0,
    nextVersion: 1,
  });
  await db.insert(model).values({ name: 'never-applied', specRevision: 0 });
  for (const name of ['nobody', 'never-applied'])
    await expect(statusOf(db, name)).rejects.toMatchObject({
      code: 'model_not_found',
      message: expect.stringContaining('bulk-00'),
    });
});

test('a list says of each model what its own status says, by name, in as many queries for one as for all', async () => {
  const names = await listModelNames(database.db, 200);
  expect(names.length).toBeGreaterThan(60);
  const queries = vi.spyOn(database.pool, 'query');
  try {
    const views = await statusesOf(database.db, names.toReversed());
    const forAll = queries.mock.calls.length;
    queries.mockClear();
    const [fraud] = await statusesOf(database.db, ['payments.fraud']);
    expect(queries.mock.calls.length).toBe(forAll);
    expect(forAll).toBe(13);
    expect(views.map((view) => view.model)).toEqual(names);
    expect(views.find((view) => view.model === 'payments.fraud')).toEqual(fraud);
    for (const view of views) expect(view).toEqual(await statusOf(database.db, view.model));
  } finally {
    queries.mockRestore();
  }
});

test('models come by name whatever the order they are asked for in; those that do not exist are left out', async () => {
  expect(await statusesOf(database.db, [])).toEqual([]);
  expect((await statusesOf(database.db, ['shop.returns', 'nobody', 'new'])).map((view) => view.model)).toEqual([
    'new',
    'shop.returns',
  ]);
});
