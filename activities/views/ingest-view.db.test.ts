import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Principal } from '../../src/access/principal.ts';
import { pinViews } from '../../src/commands/views/pin-views.ts';
import { withDuck } from '../../src/data/duck/connect.ts';
import { identifier, literal } from '../../src/data/duck/sql.ts';
import { withTransaction } from '../../src/db/base/connect.ts';
import { storeView } from '../../src/db/feature-views/store-view.ts';
import { lineageOf } from '../../src/db/models/snapshots.ts';
import { storeSpec } from '../../src/db/models/specs.ts';
import type { SnapshotRef } from '../../src/domain/record/runs.ts';
import type { ViewSpec } from '../../src/domain/view/view-spec.ts';
import { binary, category, csv, defineModel, defineView, folder, from, number, windowed } from '../../src/sdk/index.ts';
import { failureOf } from '../../tests/worlds/foreign-rows.ts';
import { inActivity } from '../../tests/worlds/in-activity.ts';
import { ingestDeps } from '../../tests/worlds/ingest-deps.ts';
import { openTestDatabase } from '../../tests/worlds/opened-database.ts';
import { writeAged } from '../../tests/worlds/write-aged.ts';
import { ingestSourceActivities } from '../ingest/ingest-source.ts';
import { ingestView } from './ingest-view.ts';

const { database } = await openTestDatabase();
const { db } = database;
const principal: Principal = {
  tokenId: '00000000-0000-4000-8000-000000000000',
  name: 'test',
  role: 'admin',
  scope: '*',
};

let root: string;
beforeAll(async () => {
  root = await mkdtemp(path.join(tmpdir(), 'perennial-views-'));
});
afterAll(() => rm(root, { recursive: true, force: true }));

const deps = () => ingestDeps(database, root);

const write = (name: string, lines: readonly string[]) => writeAged(path.join(root, name), lines);

const cards = (name: string, change: object = {}) =>
  defineView({
    name,
    owner: 'risk',
    entity: 'card',
    eventTime: 'at',
    features: { limit: number(), segment: category(), spend7d: windowed.sum('amount', '7 days') },
    source: folder(name, { format: 'csv' }),
    ...change,
  });

const head = 'card,at,limit,segment,amount';

/** A model over `${view}.csv` that takes all features of a view as it stands. */
async function defineOn(view: ViewSpec, name: string): Promise<number> {
  const model = defineModel(name, {
    about: { owner: 'o', useCase: 'u', successCriterion: 's' },
    source: csv(`${name}.csv`),
    entity: 'card',
    eventTime: 'paid',
    features: { price: number(), ...from(view as ReturnType<typeof cards>, ['limit', 'segment', 'spend7d']) },
    target: binary('y', { positive: 'yes', negative: 'no' }),
  });
  return withTransaction(database, async (tx) => {
    const { spec } = await pinViews(tx, model, { principal, moveViews: true });
    return (await storeSpec(tx, spec, 'test')).revision;
  });
}

const applied = (view: ViewSpec) => withTransaction(database, (tx) => storeView(tx, view, 'test'));

let runs = 0;
const ingest = (model: string, specRevision = 1) =>
  inActivity(() =>
    ingestSourceActivities(deps()).ingestSource({
      model,
      specRevision,
      sourceDigest: 's',
      runId: `ingest/${model}/${++runs}/1`,
    }),
  );

async function rowsOf({ digest }: SnapshotRef, ...names: readonly string[]): Promise<unknown[][]> {
  const line = await lineageOf(db, [digest]);
  const paths = line.flatMap(({ manifest }) => manifest.files.map(({ sha256 }) => deps().store.pathOf(sha256)));
  const list = (await Promise.all(paths)).map(literal).join(', ');
  return withDuck({}, async (duck) =>
    (await duck.rows(`SELECT ${names.map(identifier).join(', ')} FROM read_parquet([${list}]) ORDER BY _order`)).map(
      (row) => names.map((name) => row[name]),
    ),
  );
}

const manifestOf = async ({ digest }: SnapshotRef) => (await lineageOf(db, [digest])).at(-1)?.manifest;

test('rows of a model get what was known of their card, in the order of the signature, whatever the zone', async () => {
  await write('known/1.csv', [
    head,
    'a,2026-01-01T00:00:00Z,100,gold,5',
    // feast#1475: one instant in three spellings is one instant.
    'a,2026-01-03T05:30:00+05:30,200,,7',
    'b,2026-01-02T00:00:00,300,tin,1',
  ]);
  await write('known-model.csv', [
    'card,paid,price,y',
    'a,2026-01-02T12:00:00Z,1,yes',
    // feast#1693, feast#6787: as many rows as there were, equal ones included.
    'a,2026-01-02T12:00:00Z,1,yes',
    'a,2026-01-03T01:00:00+01:00,2,no',
    'b,2026-01-01T23:59:59.999Z,3,no',
    'c,2026-02-01T00:00:00Z,4,yes',
  ]);
  const view = cards('known');
  const { digest } = await applied(view);
  await defineOn(view, 'known-model');
  const ref = await ingest('known-model');
  expect(await rowsOf(ref, 'card', 'limit', 'segment', 'spend7d')).toEqual([
    ['b', null, null, 0],
    ['a', 100, 'gold', 5],
    ['a', 100, 'gold', 5],
    ['a', 200, null, 12],
    ['c', null, null, 0],
  ]);
  const manifest = await manifestOf(ref);
  expect(manifest?.schema.map(({ name }) => name)).toEqual([
    'price',
    'limit',
    'segment',
    'spend7d',
    'y',
    'card',
    'paid',
    '_order',
  ]);
  const [snapshot] = (
    await database.pool.query(`select digest, rows::int from snapshot where kind = 'view' and model = 'known'`)
  ).rows;
  expect(manifest?.joined).toEqual([{ view: 'known', digest, snapshot: snapshot.digest }]);
  expect(snapshot.rows).toBe(3);
});

test('what a view receives later was not known before: rows of then keep what they had (feast#6615)', async () => {
  await write('late/1.csv', [head, 'a,2026-01-01T00:00:00Z,100,gold,5']);
  await write('late-model.csv', ['card,paid,price,y', 'a,2026-01-05T00:00:00Z,1,yes', 'a,2099-01-01T00:00:00Z,1,no']);
  const view = cards('late');
  await applied(view);
  await defineOn(view, 'late-model');
  const first = await ingest('late-model');
  expect(await rowsOf(first, 'limit')).toEqual([[100], [100]]);
  await write('late/2.csv', [head, 'a,2026-01-01T00:00:00Z,900,gold,5', 'a,2026-01-04T00:00:00Z,800,gold,5']);
  await write('late-model.csv', ['card,paid,price,y', 'a,2026-01-05T00:00:00Z,1,yes', 'a,2099-01-01T00:00:00Z,2,no']);
  const second = await ingest('late-model');
  expect(await rowsOf(second, 'limit')).toEqual([[100], [800]]);
  const kept = await database.pool.query(
    `select rows::int, manifest -> 'view' ->> 'receivedMs' is null as is_first from snapshot
      where model = 'late' order by created_at`,
  );
  expect(kept.rows, 'the second file alone was read').toEqual([
    { rows: 1, is_first: true },
    { rows: 2, is_first: false },
  ]);
});

test('a view that has moved on changes no model until somebody moves it', async () => {
  const view = cards('moved');
  await applied(view);
  await defineOn(view, 'moved-model');
  await write('moved/1.csv', [head, 'a,2026-01-01T00:00:00Z,100,gold,5']);
  await write('moved-model.csv', ['card,paid,price,y', 'a,2026-01-05T00:00:00Z,1,yes', 'a,2026-01-06T00:00:00Z,1,no']);
  const again = cards('moved', { ttl: '1 days' });
  const newer = await applied(again);
  expect(newer).toMatchObject({ revision: 2, created: true });
  expect((await applied(again)).created).toBe(false);
  const model = await database.pool.query(`select spec from spec_revision where model = 'moved-model'`);
  const stays = await withTransaction(database, (tx) =>
    pinViews(tx, unpinned(model.rows[0].spec), { principal, moveViews: false }),
  );
  expect(stays.views).toMatchObject([{ view: 'moved', revision: 1, newestRevision: 2 }]);
  expect(stays.spec).toEqual(model.rows[0].spec);
  expect(await rowsOf(await ingest('moved-model'), 'limit')).toEqual([[100], [100]]);
  expect(await defineOn(again, 'moved-model')).toBe(2);
  expect(await rowsOf(await ingest('moved-model', 2), 'limit'), 'four days are more than one').toEqual([
    [null],
    [null],
  ]);
});

function unpinned<Spec extends { readonly features: readonly { readonly from?: object }[] }>(spec: Spec): Spec {
  return {
    ...spec,
    features: spec.features.map((one) =>
      one.from === undefined ? one : { ...one, from: { ...one.from, digest: null } },
    ),
  };
}

test('two trainings that read one view at once make one line of it', async () => {
  for (const day of [1, 2, 3]) await write(`shared/${day}.csv`, [head, `a,2026-01-0${day}T00:00:00Z,${day},gold,1`]);
  const { digest } = await applied(cards('shared'));
  const read = () => inActivity(() => ingestView(deps(), { view: 'shared', digest }));
  const found = await Promise.all([read(), read(), read()]);
  expect(new Set(found.map(({ snapshot }) => snapshot)).size).toBe(1);
  const rows = await database.pool.query(
    `select sum(rows)::int as rows, count(*)::int as n from snapshot where model = 'shared'`,
  );
  expect(rows.rows).toEqual([{ rows: 3, n: 3 }]);
});

test('a view that cannot be read is named, and so are a missing key and a name that a model has', async () => {
  await write('broken/1.csv', ['card,at,limit,segment', 'a,2026-01-01T00:00:00Z,1,x']);
  const { digest } = await applied(cards('broken'));
  expect(await failureOf(inActivity(() => ingestView(deps(), { view: 'broken', digest })))).toMatchObject({
    code: 'invalid_data',
    message: expect.stringMatching(/^View broken: .* has no column amount/),
  });
  await write('keyless/1.csv', [
    head,
    ',2026-01-01T00:00:00Z,1,x,1',
    ...Array.from({ length: 20 }, (_, at) => `c${at},2026-01-01T00:00:00Z,1,x,1`),
  ]);
  const keyless = await applied(cards('keyless'));
  const { snapshot } = await inActivity(() => ingestView(deps(), { view: 'keyless', digest: keyless.digest }));
  const [line] = await lineageOf(db, [snapshot ?? '']);
  expect(line).toMatchObject({ rows: 20, quarantinedRows: 1, manifest: { ruleCounts: [{ ruleId: 'card.missing' }] } });
  expect(await failureOf(applied(cards('known-model')))).toMatchObject({ code: 'conflict' });
  expect(await failureOf(defineOn(cards('known'), 'keyless'))).toMatchObject({ code: 'conflict' });
});
