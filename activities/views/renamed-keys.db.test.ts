import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { withTransaction } from '../../src/db/base/connect.ts';
import { storeView } from '../../src/db/feature-views/store-view.ts';
import { applyView } from '../../src/commands/views/apply-view.ts';
import { category, defineView, folder, number } from '../../src/sdk/index.ts';
import { personOn } from '../../tests/worlds/delivered-world.ts';
import { askErasure } from '../../tests/worlds/erasure-world.ts';
import { failureOf } from '../../tests/worlds/foreign-rows.ts';
import { inActivity } from '../../tests/worlds/in-activity.ts';
import { ingestDeps } from '../../tests/worlds/ingest-deps.ts';
import { openTestDatabase } from '../../tests/worlds/opened-database.ts';
import { RecordingBus } from '../../tests/worlds/recording-bus.ts';
import { writeAged } from '../../tests/worlds/write-aged.ts';
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
const rowsOf = async (digest: string) => {
  await inActivity(() => ingestView(deps(), { view: 'cards', digest }));
  const { rows } = await database.pool.query(
    `select sum(rows)::int as rows from snapshot where model = 'cards' and manifest -> 'view' ->> 'digest' = $1`,
    [digest],
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
