import { asyncLocalStorage, type Context } from '@temporalio/activity';
import { ServiceError } from '@temporalio/client';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { createArtifactStore, type ArtifactStore } from '../../src/artifacts/artifact-store.ts';
import { createDatabase, type Database } from '../../src/db/base/connect.ts';
import { setWatchShards } from '../../src/db/watching/watch-layout.ts';
import { takeLease, WatchLeaseLost } from '../../src/db/watching/watch-lease.ts';
import { dueWindows } from '../../src/db/watching/windows.ts';
import { createTestDatabase, type TestDatabase } from '../../tests/worlds/database.ts';
import {
  addClosedWindow,
  addWatchedModel,
  anyModelName,
  driftedCells,
  watchedSpec,
} from '../../tests/worlds/watched-models.ts';
import type { ActivityDependencies } from '../dependencies.ts';
import { judgeBatch } from './judge-batch.ts';
import { createWindowJudge } from './judge-window.ts';
import { judgeWindowActivities } from './judge-windows.ts';
import { leasedWrite } from './leased-write.ts';

let place: TestDatabase;
let database: Database;
let folder: string;
let store: ArtifactStore;
let deps: ActivityDependencies;
/** Windows that an entity was told of. */
let nudged: unknown[];

beforeAll(async () => {
  place = await createTestDatabase();
  database = createDatabase(place.url);
  folder = await mkdtemp(path.join(tmpdir(), 'perennial-watch-'));
  store = createArtifactStore(folder);
  const quiet = () => undefined;
  const signal = (_: string, told: unknown) => Promise.resolve(nudged.push(told));
  deps = {
    database,
    store,
    client: { workflow: { getHandle: () => ({ signal }) } },
    log: { error: quiet, warn: quiet, info: quiet },
  } as unknown as ActivityDependencies;
});
afterAll(async () => {
  await database.close();
  await place.drop();
  await rm(folder, { recursive: true, force: true });
});
beforeEach(async () => {
  nudged = [];
  await database.pool.query('delete from "window"; delete from watch_shard');
  await setWatchShards(database, 1);
});

const pathOf = (digest: string) => path.join(folder, digest.slice(0, 2), digest.slice(2, 4), digest);
const judge = (shard = 0, shards = 1, cancellationSignal = new AbortController().signal) =>
  asyncLocalStorage.run({ cancellationSignal } as unknown as Context, () =>
    judgeWindowActivities(deps).judgeWindows({ shard, shards }),
  );
const windowsOf = async (model: string) =>
  (
    await database.pool.query(
      'select number, verdict, judge_attempts as attempts, judge_failure as failure from "window" where model = $1 ' +
        'order by number',
      [model],
    )
  ).rows;
const alertsOf = async (model: string) =>
  (
    await database.pool.query('select kind, closed_at is null as open from alert where model = $1 order by alert_id', [
      model,
    ])
  ).rows;
const dueNow = (model: string) =>
  database.pool.query(
    `update "window" set judge_after = now() - interval '1 second' where model = $1 and judged_at is null`,
    [model],
  );

async function addModel(): Promise<{ readonly name: string; readonly profileDigest: string }> {
  const { spec, profileDigest } = await addWatchedModel(database, store, watchedSpec(anyModelName()));
  return { name: spec.name, profileDigest };
}

test('a model without its reference is set aside with an alert, all else is judged; mended, it is judged', async () => {
  const poisoned = await addModel();
  const bytes = await store.readBytes(poisoned.profileDigest);
  await rm(pathOf(poisoned.profileDigest));
  const healthy = [await addModel(), await addModel()];
  await addClosedWindow(database, poisoned.name, 1);
  await addClosedWindow(database, poisoned.name, 2);
  for (const { name } of healthy) {
    await addClosedWindow(database, name, 1);
    await addClosedWindow(database, name, 2, driftedCells);
  }

  expect(await judge()).toEqual({ judged: 6, more: false });
  for (const { name } of healthy) {
    expect((await windowsOf(name)).map(({ verdict }) => verdict)).toEqual(['stable', 'drift']);
    expect(await alertsOf(name)).toEqual([{ kind: 'drift', open: true }]);
  }
  const aside = { verdict: null, attempts: 1, failure: expect.stringContaining('not_found: artifact ') };
  expect(await windowsOf(poisoned.name)).toEqual([
    { number: 1, ...aside },
    { number: 2, ...aside },
  ]);
  expect(await alertsOf(poisoned.name)).toEqual([{ kind: 'window-set-aside', open: true }]);

  // Nothing is due while it waits; still broken, it waits longer and rings no second time.
  expect(await judge()).toEqual({ judged: 0, more: false });
  await dueNow(poisoned.name);
  await judge();
  expect((await windowsOf(poisoned.name)).map(({ attempts }) => attempts)).toEqual([2, 2]);
  expect(await alertsOf(poisoned.name)).toHaveLength(1);

  await writeFile(pathOf(poisoned.profileDigest), bytes);
  await database.pool.query(
    `update "window" set judge_after = now() - interval '1 second' where model = $1 and number = 1`,
    [poisoned.name],
  );
  await judge();
  // The first asked for both: the second is due as soon as it is judged.
  await judge();
  expect((await windowsOf(poisoned.name)).map(({ verdict }) => verdict)).toEqual(['stable', 'stable']);
  expect(await alertsOf(poisoned.name)).toEqual([{ kind: 'window-set-aside', open: false }]);
});

test('small drift that lasts is found by windows together, from counters alone, and never across a gap', async () => {
  // By itself such a window may be chance (p 0.008); four of them are not.
  const leaning = [
    [40, 80, 80, 0],
    [160, 40, 0],
  ] as const;
  const watch = { window: { rows: 200 }, effectMin: 0.05 };
  const { spec } = await addWatchedModel(database, store, watchedSpec(anyModelName(), { watch }));
  const model = spec.name;
  for (let number = 1; number <= 4; number++) await addClosedWindow(database, model, number, leaning);
  await judge();
  expect((await windowsOf(model)).map(({ verdict }) => verdict)).toEqual(['stable', 'stable', 'stable', 'drift']);
  const evidenceOf = async (number: number) => {
    const { rows } = await database.pool.query(
      `select e.body -> 'drift' as drift from evidence e join "window" w on w.evidence_id = e.evidence_id
        where w.model = $1 and w.number = $2`,
      [model, number],
    );
    return rows[0]?.drift;
  };
  const drift = await evidenceOf(4);
  expect(drift).toMatchObject({ drifted: ['amount'], lasting: { windows: 4, rows: 600, drifted: ['amount'] } });
  expect(drift.text).toContain('Over the last 4 windows');
  expect(await evidenceOf(3)).not.toHaveProperty('lasting');
  const { rows: rung } = await database.pool.query('select title, body from alert where model = $1', [model]);
  expect(rung).toEqual([
    { title: `${model}: amount drifted in window 4`, body: expect.stringContaining('Over the last 4 windows') },
  ]);

  // Judged again, it says the same: nothing but counters is read.
  await database.pool.query(
    `update "window" set judged_at = null, judge_after = now() - interval '1 second' where model = $1 and number = 4`,
    [model],
  );
  await judge();
  expect(await evidenceOf(4)).toEqual(drift);
  // Window 5 never came to be: what follows begins anew.
  for (let number = 6; number <= 8; number++) await addClosedWindow(database, model, number, leaning);
  await judge();
  expect((await windowsOf(model)).slice(4).map(({ verdict }) => verdict)).toEqual(['stable', 'stable', 'stable']);
});

test('windows that fail for ever do not take the place of new ones', async () => {
  const poisoned = await addModel();
  await rm(pathOf(poisoned.profileDigest));
  for (let number = 1; number <= 60; number++) await addClosedWindow(database, poisoned.name, number);
  while ((await judge()).more);
  await dueNow(poisoned.name);
  const healthy = await addModel();
  await addClosedWindow(database, healthy.name, 1);
  const due = await dueWindows(database.db, { shard: 0, shards: 1 }, { freshMax: 40, againMax: 5 });
  expect(due.map(({ model }) => model)).toEqual([healthy.name, ...Array.from({ length: 5 }, () => poisoned.name)]);
});

test('a window that was overtaken is judged and changes neither alerts nor answers', async () => {
  const { name, profileDigest } = await addModel();
  const bytes = await store.readBytes(profileDigest);
  await rm(pathOf(profileDigest));
  await addClosedWindow(database, name, 1, driftedCells);
  await judge();
  await writeFile(pathOf(profileDigest), bytes);
  await addClosedWindow(database, name, 2);
  await judge();
  await dueNow(name);
  await judge();
  expect((await windowsOf(name)).map(({ verdict }) => verdict)).toEqual(['drift', 'stable']);
  expect(await alertsOf(name)).toEqual([{ kind: 'window-set-aside', open: false }]);
});

test('one that takes too long is set aside, and what it would still write is refused', async () => {
  const { name } = await addModel();
  const other = await addModel();
  await addClosedWindow(database, name, 1);
  await addClosedWindow(database, other.name, 1);
  const lease = await takeLease(database.db, { shard: 0, shards: 1 }, 'test');
  if (typeof lease === 'string') throw new Error(lease);
  const late: Promise<string>[] = [];
  const judged: string[] = [];
  await judgeBatch(deps, await dueWindows(database.db, lease, { freshMax: 10, againMax: 1 }), {
    write: leasedWrite(database, lease),
    isOver: () => false,
    windowMs: 50,
    async judgeWindow(window, write) {
      if (window.model !== name) return void judged.push(window.model);
      await new Promise((resolve) => void setTimeout(resolve, 200));
      late.push(
        write(() => Promise.resolve('written')).catch((error: unknown) =>
          error instanceof Error ? error.message : '',
        ),
      );
    },
  });
  expect(judged).toEqual([other.name]);
  expect(await windowsOf(name)).toEqual([
    { number: 1, verdict: null, attempts: 1, failure: 'judging it took more than 0.05 s' },
  ]);
  await expect.poll(() => late.length).toBe(1);
  expect(await late[0]).toBe('it took too long and was given up');
});

/** A fault that shows itself once, or every time, in the judging of the first of two models. */
async function judgeWith(fault: () => Error | null): Promise<readonly unknown[]> {
  const models = [await addModel(), await addModel()];
  for (const { name } of models) await addClosedWindow(database, name, 1);
  const lease = await takeLease(database.db, { shard: 0, shards: 1 }, 'test');
  if (typeof lease === 'string') throw new Error(lease);
  const due = await dueWindows(database.db, lease, { freshMax: 10, againMax: 1 });
  const judged = createWindowJudge(deps);
  await judgeBatch(deps, due, {
    write: leasedWrite(database, lease),
    isOver: () => false,
    againAfterMs: [1, 1],
    async judgeWindow(window, write) {
      const error = window.model === models[0]?.name ? fault() : null;
      if (error !== null) throw error;
      return judged(window, write);
    },
  });
  return (await Promise.all(models.map(({ name }) => windowsOf(name)))).flat();
}

const answered = (code: number) =>
  new ServiceError('Failed to signal Workflow', {
    cause: Object.assign(new Error('of the connection'), { code, details: 'of the connection', metadata: {} }),
  });

test.each([
  ['cancelled', answered(1)],
  ['out of time', answered(4)],
  ['too many requests', answered(8)],
  ['unavailable', answered(14)],
  ['no answer at all', new ServiceError('Unexpected error while making gRPC request')],
])('Temporal that is away is no fault of a window: %s', async (_, away) => {
  await expect(judgeWith(() => away)).rejects.toBe(away);
  expect((await database.pool.query('select 1 from "window" where judge_attempts > 0')).rowCount).toBe(0);
});

test('what Temporal refuses about one model sets its window aside, and the other is judged', async () => {
  expect(await judgeWith(() => answered(3))).toEqual([
    { number: 1, verdict: null, attempts: 1, failure: 'Failed to signal Workflow' },
    { number: 1, verdict: 'stable', attempts: 0, failure: null },
  ]);
});

test('a file that cannot be read for a moment sets nothing aside; one that never can be, its own window', async () => {
  const full = () => Object.assign(new Error('too many open files'), { code: 'EMFILE' });
  let times = 0;
  expect(await judgeWith(() => (++times < 3 ? full() : null))).toMatchObject([
    { verdict: 'stable', attempts: 0 },
    { verdict: 'stable', attempts: 0 },
  ]);
  expect(times).toBe(3);
  await setWatchShards(database, 2);
  await setWatchShards(database, 1);
  expect(await judgeWith(full)).toMatchObject([
    { verdict: null, attempts: 1, failure: 'too many open files' },
    { verdict: 'stable', attempts: 0 },
  ]);
});

test('a worker that is told to end begins no window, and gives its shard back at once', async () => {
  const { name } = await addModel();
  await addClosedWindow(database, name, 1);
  expect(await judge(0, 1, AbortSignal.abort())).toEqual({ judged: 0, more: true });
  expect(await windowsOf(name)).toMatchObject([{ verdict: null, attempts: 0 }]);
  expect(await judge()).toEqual({ judged: 1, more: false });
});

test('a holder whose shard went to somebody else in the middle writes nothing more', async () => {
  const { name } = await addModel();
  await addClosedWindow(database, name, 1, driftedCells);
  const lease = await takeLease(database.db, { shard: 0, shards: 1 }, 'sleeper');
  if (typeof lease === 'string') throw new Error(lease);
  const windows = await dueWindows(database.db, lease, { freshMax: 10, againMax: 1 });
  await setWatchShards(database, 2);
  await setWatchShards(database, 1);
  const batch = { write: leasedWrite(database, lease), isOver: () => false, judgeWindow: createWindowJudge(deps) };
  await expect(judgeBatch(deps, windows, batch)).rejects.toBeInstanceOf(WatchLeaseLost);
  const written = await database.pool.query(
    `select 1 from evidence where model = $1 union all select 1 from alert where model = $1
     union all select 1 from decision where model = $1
     union all select 1 from "window" where model = $1 and (judged_at is not null or judge_attempts > 0)`,
    [name],
  );
  expect(written.rowCount).toBe(0);
  expect(nudged).toEqual([]);
});

test('each shard judges its own models and no others; all of them together judge all', async () => {
  const models = await Promise.all(Array.from({ length: 12 }, addModel));
  for (const { name } of models) await addClosedWindow(database, name, 1);
  await setWatchShards(database, 3);
  expect(await judge(0, 1)).toEqual({ judged: 0, more: false });
  const judged = [await judge(0, 3), await judge(1, 3), await judge(2, 3)].map((end) => end.judged);
  expect(judged.reduce((sum, count) => sum + count)).toBe(12);
  expect(Math.max(...judged)).toBeLessThan(12);
});

test('a feature that the version does not read rings no drift, and another one still does', async () => {
  const { spec } = await addWatchedModel(database, store, watchedSpec(anyModelName()), { unread: ['amount'] });
  const reader = await addModel();
  for (const name of [spec.name, reader.name]) await addClosedWindow(database, name, 1, driftedCells);
  expect(await judge()).toEqual({ judged: 2, more: false });
  expect((await windowsOf(spec.name)).map(({ verdict }) => verdict)).toEqual(['stable']);
  expect(await alertsOf(spec.name)).toEqual([]);
  expect((await windowsOf(reader.name)).map(({ verdict }) => verdict)).toEqual(['drift']);
});
