import { copyFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { withTransaction } from '../../src/db/base/connect.ts';
import { storeView } from '../../src/db/feature-views/store-view.ts';
import { erase } from '../../src/commands/erasure/erase.ts';
import { applyView } from '../../src/commands/views/apply-view.ts';
import { category, defineView, folder, number } from '../../src/sdk/index.ts';
import { personOn } from '../../tests/worlds/delivered-world.ts';
import { entitiesUnder } from '../../tests/worlds/entity-names.ts';
import { askErasure, runErasure } from '../../tests/worlds/erasure-world.ts';
import { failureOf } from '../../tests/worlds/foreign-rows.ts';
import { inActivity } from '../../tests/worlds/in-activity.ts';
import { ingestDeps } from '../../tests/worlds/ingest-deps.ts';
import { openTestDatabase } from '../../tests/worlds/opened-database.ts';
import { RecordingBus } from '../../tests/worlds/recording-bus.ts';
import { materialiseView } from '../online/materialise-view.ts';
import { writeAged } from '../../tests/worlds/write-aged.ts';
import type { ActivityDependencies } from '../dependencies.ts';
import { ingestView } from './ingest-view.ts';

const { database } = await openTestDatabase();

let root: string;
const put = (name: string, lines: readonly string[]) =>
  writeAged(path.join(root, name), ['card,customer,at,limit', ...lines]);
beforeAll(async () => {
  root = await mkdtemp(path.join(tmpdir(), 'perennial-renamed-keys-'));
  await put('cards/1.csv', ['a,1,2026-01-01T00:00:00Z,1', 'b,2,2026-01-01T00:00:00Z,2']);
});
afterAll(() => rm(root, { recursive: true, force: true }));

const deps = () => ingestDeps(database, root);

const cards = (change: object) =>
  defineView({
    name: 'cards',
    owner: 'risk',
    entity: 'card',
    eventTime: 'at',
    features: { limit: number() },
    source: folder(path.join(root, 'cards'), { format: 'csv' }),
    ...change,
  });

const apply = (change: object = {}) =>
  applyView(
    { ...personOn(database, new RecordingBus()), sourceRoots: [{ path: root, scope: '*' }] },
    {
      spec: cards(change),
      key: null,
      reason: 'test',
    },
  );
const rowsOf = async (digest: string, view = 'cards') => {
  await inActivity(() => ingestView(deps(), { view, digest }));
  const { rows } = await database.pool.query(
    `select sum(rows)::int as rows from snapshot where model = $2 and manifest -> 'view' ->> 'digest' = $1`,
    [digest, view],
  );
  return rows[0].rows as number;
};

test('who was erased stays out of a view with other keys; a definition that could not tell is refused', async () => {
  const first = await apply();
  expect(await rowsOf(first.digest)).toBe(2);
  await askErasure({ database }, { scope: 'view', name: 'cards', entity: 'a' });
  expect(await failureOf(apply({ entity: 'customer' }))).toMatchObject({
    code: 'conflict',
    message: 'View cards leaves out erased entities by card, which this definition does not read.',
  });
  const renamed = await apply({ entity: 'customer', features: { limit: number(), card: category() } });
  expect(renamed.revision).toBe(2);
  expect(await rowsOf(renamed.digest), 'the card of before is known by its own column').toBe(1);
  // So it is where it is erased once both were read, and the store of the other keys is built anew without it.
  const key = { view: 'cards', digest: renamed.digest };
  await database.pool.query('insert into online_view (view, digest) values ($1, $2)', ['cards', renamed.digest]);
  const fill = () => inActivity(() => materialiseView(deps(), key, { nowMs: Date.now, endsAtMs: Infinity }));
  const online = async () =>
    (
      await database.pool.query(
        `select e.entity, e.texts from online_view v join online_entity e using (view, digest, generation)
         where view = 'cards'`,
      )
    ).rows;
  await fill();
  expect(await online()).toEqual([{ entity: '["2"]', texts: ['b'] }]);
  const erasureId = await askErasure({ database }, { scope: 'view', name: 'cards', entity: 'b' });
  expect((await runErasure(deps(), erasureId)).status).toBe('done');
  expect(await rowsOf(renamed.digest)).toBe(0);
  expect(await online()).toEqual([]);
  while (await fill());
  expect(await online()).toEqual([]);
});

test('a key column is looked for where the revision of a row has it, also one that is none any more', async () => {
  const lines = ['shop,card,at,limit', 'x,b,2026-01-01T00:00:00Z,1', 's,x,2026-01-01T00:00:00Z,2'];
  await writeAged(path.join(root, 'pairs', '1.csv'), lines);
  const source = folder(path.join(root, 'pairs'), { format: 'csv' });
  const filled = async (entity: string | readonly string[]) => {
    const features = { limit: number(), ...(entity === 'shop' ? { card: category() } : {}) };
    const view = cards({ name: 'pairs', source, entity, features });
    const { digest } = await withTransaction(database, (tx) => storeView(tx, view, 'test'));
    await rowsOf(digest, 'pairs');
    const key = { view: 'pairs', digest };
    await database.pool.query('insert into online_view (view, digest) values ($1, $2)', ['pairs', digest]);
    return async () => {
      while (await inActivity(() => materialiseView(deps(), key, { nowMs: Date.now, endsAtMs: Infinity })));
      const { rows } = await database.pool.query(
        `select e.entity from online_view v join online_entity e using (view, digest, generation)
         where view = 'pairs' and digest = $1 order by 1`,
        [digest],
      );
      return rows.map(({ entity: found }) => String(found));
    };
  };
  const stores = [await filled(['shop', 'card']), await filled(['card', 'shop']), await filled('shop')];
  const held = async () => [await stores[0]?.(), await stores[1]?.(), await stores[2]?.()];
  expect(await held()).toEqual([
    ['["s","x"]', '["x","b"]'],
    ['["b","x"]', '["x","s"]'],
    ['["s"]', '["x"]'],
  ]);
  const context = personOn(database, new RecordingBus());
  const asked = { reason: 'request 1', name: 'pairs', scope: 'view', entity: 'y', isDryRun: false, key: null } as const;
  const entities = entitiesUnder('secret');
  expect(await failureOf(erase(context, { ...asked, column: 'customer' }, { entities }))).toMatchObject({
    message: 'View "pairs" has no key column customer.',
    hint: 'Name one of card, shop.',
  });
  expect(await erase(context, { ...asked, column: 'card' }, { entities })).toMatchObject({
    erasureId: expect.any(String),
  });
  const erasureId = await askErasure({ database }, { scope: 'view', name: 'pairs', entity: 'x', column: 'card' });
  expect((await runErasure(deps(), erasureId)).status).toBe('done');
  expect(await held()).toEqual([['["x","b"]'], ['["b","x"]'], ['["x"]']]);
});

test('a store that is being filled takes no rows of a file from which somebody was erased meanwhile', async () => {
  const lines = ['card,at,limit', 'a,2026-01-01T00:00:00Z,1', 'b,2026-01-01T00:00:00Z,2'];
  await writeAged(path.join(root, 'raced', '1.csv'), lines);
  const view = cards({ name: 'raced', source: folder(path.join(root, 'raced'), { format: 'csv' }) });
  const { digest } = await withTransaction(database, (tx) => storeView(tx, view, 'test'));
  await rowsOf(digest, 'raced');
  const key = { view: 'raced', digest };
  await database.pool.query('insert into online_view (view, digest) values ($1, $2)', ['raced', digest]);
  const { store } = deps();
  /** As a worker that has opened the file before. */
  const slow = async (sha256: string): Promise<string> => {
    const opened = path.join(root, 'opened.parquet');
    await copyFile(await store.checkedPathOf(sha256), opened);
    const erasureId = await askErasure({ database }, { scope: 'view', name: 'raced', entity: 'b' });
    expect((await runErasure(deps(), erasureId)).status).toBe('done');
    return opened;
  };
  const fill = (from: ActivityDependencies) =>
    inActivity(() => materialiseView(from, key, { nowMs: Date.now, endsAtMs: Infinity }));
  const held = async () =>
    (await database.pool.query(`select entity from online_entity where view = 'raced' order by 1`)).rows;
  expect(await fill({ ...deps(), store: { ...store, checkedPathOf: slow } })).toBe(true);
  expect(await held()).toEqual([]);
  while (await fill(deps()));
  expect(await held()).toEqual([{ entity: '["a"]' }]);
});

test('a reading that began before an erasure stores nothing of whom that erased', async () => {
  const lines = ['card,at,limit', 'a,2026-01-01T00:00:00Z,1', 'b,2026-01-01T00:00:00Z,2'];
  await writeAged(path.join(root, 'early', '1.csv'), lines);
  const view = cards({ name: 'early', source: folder(path.join(root, 'early'), { format: 'csv' }) });
  const { digest } = await withTransaction(database, (tx) => storeView(tx, view, 'test'));
  const { store } = deps();
  let isErased = false;
  const putFile: typeof store.putFile = async (read) => {
    const stored = await store.putFile(read);
    if (isErased) return stored;
    isErased = true;
    const erasureId = await askErasure({ database }, { scope: 'view', name: 'early', entity: 'b' });
    expect((await runErasure(deps(), erasureId)).status).toBe('done');
    return stored;
  };
  await inActivity(() => ingestView({ ...deps(), store: { ...store, putFile } }, { view: 'early', digest }));
  expect(isErased).toBe(true);
  expect(await rowsOf(digest, 'early')).toBe(1);
});

test('a file with nobody but who was erased holds up none behind it, and places go on', async () => {
  await put('alone/1.csv', ['c,1,2026-01-01T00:00:00Z,1', 'd,2,2026-01-01T00:00:00Z,2']);
  await put('alone/2.csv', ['a,1,2026-01-02T00:00:00Z,1']);
  await put('alone/3.csv', ['c,1,2026-01-03T00:00:00Z,3']);
  const { digest } = await withTransaction(database, (tx) =>
    storeView(tx, cards({ name: 'alone', source: folder(path.join(root, 'alone'), { format: 'csv' }) }), 'test'),
  );
  await askErasure({ database }, { scope: 'view', name: 'alone', entity: 'a' });
  await inActivity(() => ingestView(deps(), { view: 'alone', digest }));
  const { rows } = await database.pool.query(
    `select rows::int, manifest -> 'files' -> 0 -> 'orderMin' as first, manifest -> 'files' -> 0 -> 'orderMax' as last
     from snapshot where model = 'alone' order by created_at`,
  );
  expect(rows).toEqual([
    { rows: 2, first: 0, last: 1 },
    { rows: 0, first: 2, last: 1 },
    { rows: 1, first: 2, last: 2 },
  ]);
});
