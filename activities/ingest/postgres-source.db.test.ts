import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { asyncLocalStorage, type Context } from '@temporalio/activity';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createArtifactStore } from '../../src/artifacts/artifact-store.ts';
import { withTransaction } from '../../src/db/base/connect.ts';
import { lineageOf } from '../../src/db/models/snapshots.ts';
import { storeSpec } from '../../src/db/models/specs.ts';
import type { PostgresSource } from '../../src/domain/spec/source-spec.ts';
import { completeSpec } from '../../src/domain/spec/default-spec.ts';
import { connectSource } from '../../src/sources/registry.ts';
import { failureOf } from '../../tests/worlds/foreign-rows.ts';
import { openForeignDatabase } from '../../tests/worlds/foreign-database.ts';
import { openTestDatabase } from '../../tests/worlds/opened-database.ts';
import type { ActivityDependencies } from '../dependencies.ts';
import { findSourceActivities } from './find-source.ts';
import { ingestSourceActivities } from './ingest-source.ts';
import { lookAtSourcesActivities } from './look-at-sources.ts';

const { database } = await openTestDatabase();
const foreign = await openForeignDatabase();
const { db, pool } = database;
let workDir = '';
/** What stands under the one secret at the moment. */
let secret = foreign.url;
const logged: unknown[] = [];
const log = { warn: (...said: unknown[]) => logged.push(said), error: (...said: unknown[]) => logged.push(said) };

beforeAll(async () => {
  workDir = await mkdtemp(path.join(tmpdir(), 'perennial-postgres-source-'));
  await foreign.client.query('create table paid (id int8 primary key, at timestamptz, amount numeric, outcome text)');
});
afterAll(() => rm(workDir, { recursive: true }));

function activities() {
  const place = { roots: [], secret: () => Promise.resolve(secret), privateHosts: [foreign.host] };
  const deps = {
    database,
    store: createArtifactStore(path.join(workDir, 'artifacts')),
    workDir,
    connectSource: (spec: Parameters<typeof connectSource>[0]) => connectSource(spec, place),
    log,
  } as unknown as ActivityDependencies;
  const context = { heartbeat: () => undefined, info: { base64TaskToken: 'a task', attempt: 1 } } as unknown as Context;
  const { findSource } = findSourceActivities(deps);
  const { ingestSource } = ingestSourceActivities(deps);
  const { lookAtSources } = lookAtSourcesActivities(deps);
  return {
    find: (model: string) => findSource({ model, specRevision: 1 }),
    ingest: (model: string) =>
      asyncLocalStorage.run(context, async () => {
        const { sourceDigest } = await findSource({ model, specRevision: 1 });
        const runId = `ingest/${model}/${sourceDigest.slice(0, 16)}/1`;
        return ingestSource({ model, specRevision: 1, sourceDigest, runId });
      }),
    look: async () => {
      await pool.query(`update trigger_look set look_at = now() - interval '1 second'`);
      return lookAtSources();
    },
  };
}

const table: PostgresSource = {
  kind: 'postgres',
  secret: 'shop',
  query: 'select * from paid',
  cursor: { column: 'id', tieBreaker: 'at' },
  batchRows: 4,
};

async function define(model: string, source = table): Promise<void> {
  const spec = completeSpec({
    name: model,
    about: { owner: 'o', useCase: 'u', successCriterion: 's' },
    eventTime: { column: 'at' },
    features: [
      { kind: 'number', name: 'amount', missing: 'refuse', min: 0 },
      { kind: 'time', name: 'at', missing: 'refuse' },
    ],
    target: { task: 'binary', column: 'outcome', positive: 'bad', negative: 'good', labelDelay: { rows: 1 } },
    source,
    contract: { quarantineShareMax: 0.3 },
  });
  await withTransaction(database, (tx) => storeSpec(tx, spec, 'somebody'));
}

const insert = (from: number, to: number, amount = 1) =>
  foreign.client.query(
    `insert into paid select i, timestamptz '2026-01-01Z' + i * interval '1 s', $3::int,
      case when i % 2 = 0 then 'good' else 'bad' end from generate_series($1::int, $2::int) i`,
    [from, to, amount],
  );
const lookOf = async (model: string) =>
  (
    await pool.query(
      `select lag_unread::int as unread, lag_unit as unit, failures, problem, decide_at is null as is_quiet,
        source_digest as digest from trigger_look where model = $1`,
      [model],
    )
  ).rows[0];

test('a table is read on in batches; what was stored before a refused batch is not read again', async () => {
  await define('paid');
  const { ingest, find } = activities();
  await insert(1, 4);
  await insert(5, 8, -1);
  expect(await failureOf(ingest('paid'))).toMatchObject({ code: 'contract_rejected' });
  const [stored] = await lineageOf(db, [(await pool.query('select digest from snapshot')).rows[0].digest]);
  expect(stored?.rows).toBe(4);
  // Rows before the cursor are not read again: these would be refused.
  await foreign.client.query('update paid set amount = case when id <= 4 then -1 else 2 end');
  const ref = await ingest('paid');
  expect(ref).toMatchObject({ rows: 8, quarantinedRows: 0 });
  const line = await lineageOf(db, [ref.digest]);
  expect(line.map(({ rows }) => rows)).toEqual([4, 4]);
  expect((await find('paid')).snapshot?.digest, 'nothing new').toBe(ref.digest);
  await insert(9, 9);
  expect((await find('paid')).snapshot).toBeNull();
  expect(await ingest('paid')).toMatchObject({ rows: 9 });
});

test('a look counts what is unread, asks for a first training of it, and the next reading takes it', async () => {
  const { ingest, look } = activities();
  await insert(10, 12);
  await look();
  expect(await lookOf('paid')).toMatchObject({ unread: 3, unit: 'rows', failures: 0, is_quiet: false });
  await ingest('paid');
  const { rows } = await pool.query('select source_digest as digest from snapshot order by created_at desc limit 1');
  expect(await lookOf('paid')).toMatchObject({ unread: 0, digest: rows[0].digest });
  await look();
  expect(await lookOf('paid'), 'the same name from the look and from the reading').toMatchObject({
    unread: 0,
    digest: rows[0].digest,
  });
});

test('whatever fails, the secret stands in no row of the database, no log and no failure', async () => {
  const { ingest, look } = activities();
  const with_ = (change: (url: URL) => void): string => {
    const url = new URL(foreign.url);
    url.username = 'known-user';
    url.password = 'hunter2';
    change(url);
    return url.href;
  };
  const said: string[] = [];
  const broken = [
    with_(() => undefined),
    with_((url) => void (url.pathname = '/elsewhere-hunter2')),
    with_((url) => void (url.port = '1')),
    with_((url) => void (url.hostname = 'hunter2.invalid')),
    with_((url) => void (url.hostname = '10.0.0.1')),
    with_((url) => void (url.search = '?sslmode=require')),
    with_((url) => void (url.search = '?sslmode=hunter2')),
    with_((url) => void (url.search = '?hunter2=1')),
    'hunter2 is no url',
    'postgres://known-user:hunter2%zz@127.0.0.1/x',
  ];
  for (const value of broken) {
    secret = value;
    const error = await failureOf(ingest('paid'));
    expect(error, value).toMatchObject({ path: 'source.secret' });
    said.push(error instanceof Error ? `${error.stack} ${JSON.stringify(error)}` : '');
    await look();
  }
  secret = foreign.url;
  expect(await lookOf('paid')).toMatchObject({ failures: broken.length });
  const { rows: tables } = await pool.query<{ readonly name: string }>(
    `select format('%I.%I', schemaname, tablename) as name from pg_tables
      where schemaname not in ('pg_catalog', 'information_schema')`,
  );
  expect(tables.length).toBeGreaterThan(30);
  for (const { name } of tables) {
    const { rows } = await pool.query<{ readonly row: string }>(`select t::text as row from ${name} t`);
    said.push(...rows.map(({ row }) => row));
  }
  said.push(JSON.stringify(logged));
  expect(said.join('\n')).toContain('The secret');
  for (const part of ['hunter2', 'known-user', foreign.host, new URL(foreign.url).password])
    if (part !== '') expect(said.join('\n').includes(part), part).toBe(false);
  const { rows: alerts } = await pool.query(`select body from alert where kind = 'source-unreadable'`);
  expect(alerts).toHaveLength(1);
  await look();
  expect(await lookOf('paid')).toMatchObject({ failures: 0, problem: null });
});

test('a feed that has stopped rings, and is quiet again with the next row', async () => {
  await foreign.client.query('create table fed (id int8, at timestamptz, outcome text)');
  await foreign.client.query(`insert into fed values (1, now() - interval '3 hours', 'good')`);
  await define('fed', {
    kind: 'postgres',
    secret: 'shop',
    query: 'select *, 1 as amount from fed',
    cursor: { column: 'at', tieBreaker: 'id', freshMs: 3_600_000 },
  });
  const { look } = activities();
  const rung = async () =>
    (await pool.query(`select body, closed_at is null as is_open from alert where kind = 'source-behind'`)).rows;
  await look();
  expect(await rung()).toEqual([
    { body: expect.stringMatching(/^The newest row is 1\d\d minutes old; 60 minutes are declared\./), is_open: true },
  ]);
  await foreign.client.query(`insert into fed values (2, now(), 'bad')`);
  await look();
  expect(await rung()).toMatchObject([{ is_open: false }]);
});
