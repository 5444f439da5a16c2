import { spawn, type ChildProcess } from 'node:child_process';
import { readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { followPushes } from '../../../activities/online/follow-pushes.ts';
import type { PushFollower } from '../../../activities/online/follow-views.ts';
import { createToken } from '../../../src/access/create-token.ts';
import { withDuck } from '../../../src/data/duck/connect.ts';
import { literal } from '../../../src/data/duck/sql.ts';
import { withTransaction } from '../../../src/db/base/connect.ts';
import { createViewStore } from '../../../src/db/feature-views/online-source.ts';
import { storeView } from '../../../src/db/feature-views/store-view.ts';
import { newestViewSnapshot } from '../../../src/db/feature-views/view-snapshots.ts';
import { lineageOf } from '../../../src/db/models/snapshots.ts';
import { pushedRowsOf } from '../../../src/db/pushes/read-pushed.ts';
import type { ViewSpec } from '../../../src/domain/view/view-spec.ts';
import { defineView, folder, number, push, windowed } from '../../../src/sdk/index.ts';
import { connectSource } from '../../../src/sources/registry.ts';
import { entityKeyOf } from '../../../src/views/online/entity-key.ts';
import { planView } from '../../../src/views/online/plan-view.ts';
import { viewValuesAt } from '../../../src/views/online/values-at.ts';
import { anyPort } from '../../worlds/any-port.ts';
import { openDatabaseGate, type DatabaseGate } from '../../worlds/database-gate.ts';
import { testKey } from '../../worlds/entity-names.ts';
import { processArguments } from '../../worlds/process-arguments.ts';
import { createPushWorld, type PushWorld } from '../../worlds/push-world.ts';
import { silentLog } from '../../worlds/serving-world.ts';
import { eventually } from '../../worlds/wait.ts';

/** The real program, against a Postgres that can be cut off, and the worker's part that brings pushed rows in. */
let world: PushWorld;
let gate: DatabaseGate;
let port: number;
let inference: readonly string[];
let primary: ChildProcess | undefined;
let follower: PushFollower;
let tokens: { readonly writer: string; readonly predictor: string };
let digest: string;

const cards = defineView({
  name: 'cards',
  owner: 'risk',
  entity: 'card',
  eventTime: 'at',
  features: {
    limit: number(),
    payments1d: windowed.count('1 days'),
    spend1d: windowed.sum('amount', '1 days'),
  },
  contract: { quarantineShareMax: 0.9 },
  source: push(),
});

beforeAll(async () => {
  world = await createPushWorld();
  const { database, store } = world;
  gate = await openDatabaseGate(database.url);
  await writeFile(path.join(world.folder, 'installation.key'), testKey, { mode: 0o600 });
  ({ digest } = await apply(cards));
  await apply({ ...cards, name: 'cards.filed', source: folder('cards', { format: 'csv' }) });
  // As the look at sources does for a revision that a model takes features from.
  await database.pool.query('insert into online_view (view, digest) values ($1, $2)', ['cards', digest]);
  const tokenOf = async (role: 'writer' | 'predictor') =>
    (await createToken(database.db, { name: `cards-${role}`, role, scope: 'cards*', expiresAt: null })).secret;
  tokens = { writer: await tokenOf('writer'), predictor: await tokenOf('predictor') };
  port = await anyPort();
  inference = await processArguments('main-inference');
  primary = start();
  await ready();
  follower = followPushes(
    {
      ...world.deps,
      connectSource: (spec, name) =>
        connectSource(spec, { roots: [world.folder], store, pushed: pushedRowsOf(database.db, store, name) }),
    },
    { lookMs: 0, shortMs: 0, longMs: 0, snapshotsPerHour: 60 },
  );
});
afterAll(async () => {
  await follower.stop();
  primary?.kill('SIGKILL');
  await gate.close();
  await world.close();
});

const apply = (view: ViewSpec) => withTransaction(world.database, (tx) => storeView(tx, view, 'test'));

function start(): ChildProcess {
  return spawn(process.execPath, inference, {
    stdio: ['ignore', 'ignore', 'ignore'],
    env: {
      PATH: process.env['PATH'],
      DATABASE_URL: gate.url,
      PERENNIAL_INFERENCE_PORT: String(port),
      PERENNIAL_SPOOL_DIR: world.spoolDir,
      PERENNIAL_ARTIFACT_DIR: path.join(world.folder, 'artifacts'),
      PERENNIAL_INSTALLATION_KEY_FILE: path.join(world.folder, 'installation.key'),
      PERENNIAL_INFERENCE_PROCESSES: '1',
    },
  });
}

async function ready(): Promise<void> {
  await eventually(async () => expect((await fetch(`http://127.0.0.1:${port}/health/ready`)).status).toBe(200));
}

async function pushTo(view: string, key: string | null, rows: readonly object[], token = tokens.writer) {
  const response = await fetch(`http://127.0.0.1:${port}/v1/views/${view}/rows`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, ...(key === null ? {} : { 'idempotency-key': key }) },
    body: JSON.stringify({ rows }),
  });
  return { status: response.status, body: (await response.json()) as Readonly<Record<string, unknown>> };
}

const hourMs = 3_600_000;
const beganMs = Date.now() - 12 * hourMs;
const rowOf = (card: string, at: number, amount: number) => ({
  card,
  at: new Date(beganMs + at * 60_000).toISOString(),
  limit: at,
  amount,
});

/** What a process would answer with about a card now. */
async function online(card: string) {
  const [found] = await createViewStore(world.database, silentLog).read([
    { view: 'cards', digest, entity: entityKeyOf([card]) ?? '' },
  ]);
  const { values } = viewValuesAt(planView(cards), found?.state ?? null, Date.now());
  return Object.fromEntries(cards.features.map(({ name }, at) => [name, values[at]]));
}

/** The rows of a card in the history that models learn from. */
async function history(card: string): Promise<readonly number[]> {
  const newest = await newestViewSnapshot(world.database.db, 'cards', digest);
  const line = newest === null ? [] : await lineageOf(world.database.db, [newest.digest]);
  const files = await Promise.all(
    line.flatMap(({ manifest }) => manifest.files.map(({ sha256 }) => world.store.checkedPathOf(sha256))),
  );
  if (files.length === 0) return [];
  const list = files.map(literal).join(', ');
  const rows = await withDuck({}, (duck) =>
    duck.rows(`SELECT amount FROM read_parquet([${list}]) WHERE card = ${literal(card)} ORDER BY amount`),
  );
  return rows.map(({ amount }) => Number(amount));
}

async function broughtIn(card: string, amounts: readonly number[]): Promise<void> {
  await eventually(async () => {
    follower.tell();
    expect(await history(card)).toEqual(amounts);
    const sum = amounts.reduce((total, amount) => total + amount, 0);
    expect(await online(card)).toMatchObject({ payments1d: amounts.length, spend1d: sum });
  });
}

test('rows of a view are judged one by one, and are in the history and in what is served', async () => {
  const rows = [rowOf('a', 1, 5), { ...rowOf('', 2, 6), card: null }, rowOf('a', 3, 7), { card: 'a', at: 'never' }];
  const said = await pushTo('cards', 'first', rows);
  expect(said).toMatchObject({
    status: 202,
    body: {
      view: 'cards',
      specRevision: 1,
      accepted: 2,
      quarantined: 2,
      rows: [{ verdict: 'accepted' }, { rules: ['card.missing'] }, { verdict: 'accepted' }, { verdict: 'quarantined' }],
    },
  });
  await broughtIn('a', [5, 7]);
  expect(await online('a')).toMatchObject({ limit: 3 });
  expect(await pushTo('cards', 'first', rows), 'sent again').toEqual(said);
  expect(await pushTo('cards', 'first', rows.slice(1))).toMatchObject({ status: 409, body: { code: 'conflict' } });
});

test('who may push is declared, and what takes no rows says so', async () => {
  const row = [rowOf('x', 1, 1)];
  expect(await pushTo('cards', 'k', row, tokens.predictor)).toMatchObject({ status: 403 });
  expect(await pushTo('cards', 'k', row, world.tokens.writer), 'out of scope').toMatchObject({ status: 403 });
  expect(await pushTo('cards', 'k', row, 'nobody')).toMatchObject({ status: 401 });
  expect(await pushTo('cards', null, row)).toMatchObject({ status: 400 });
  expect(await pushTo('cards.none', 'k', row)).toMatchObject({
    status: 404,
    body: { detail: 'No feature view is named "cards.none".' },
  });
  expect(await pushTo('cards.filed', 'k', row)).toMatchObject({
    status: 422,
    body: { detail: 'View cards.filed takes no pushed rows: its source is of another kind.' },
  });
  expect(await online('x')).toMatchObject({ payments1d: 0 });
});

test('killed between the answer and the store, every row that was taken is in both, once', async () => {
  const waiting = async () =>
    (await readdir(path.join(world.spoolDir, 'pushes'))).filter((name) => name.endsWith('.ready'));
  gate.shut();
  const taken: number[] = [];
  for (let at = 0; at < 12; at++) {
    const amounts = [2 * at + 1, 2 * at + 2];
    const reply = await pushTo(
      'cards',
      `away-${at}`,
      amounts.map((amount) => rowOf('killed', 10 + at, amount)),
    );
    expect(reply, 'the definition that was known last counts').toMatchObject({ status: 202 });
    taken.push(...amounts);
  }
  expect(await waiting()).toHaveLength(12);
  const gone = new Promise((resolve) => primary?.once('exit', resolve));
  primary?.kill('SIGKILL');
  await gone;
  expect(await waiting(), 'all of it is on disk').toHaveLength(12);
  gate.open();
  primary = start();
  await ready();
  // A program that did not hear the answer sends its rows again.
  expect(await pushTo('cards', 'away-3', [rowOf('killed', 13, 7), rowOf('killed', 13, 8)])).toMatchObject({
    status: 202,
    body: { accepted: 2 },
  });
  await broughtIn('killed', taken);
  expect(await waiting()).toEqual([]);
});
