import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { sourcesOfViews } from '../../src/commands/views/sources-of-views.ts';
import { withTransaction } from '../../src/db/base/connect.ts';
import { storeView } from '../../src/db/feature-views/store-view.ts';
import { storeSpec } from '../../src/db/models/specs.ts';
import type { SourceSpec } from '../../src/domain/spec/source-spec.ts';
import { viewOf } from '../../tests/worlds/a-view.ts';
import { inActivity } from '../../tests/worlds/in-activity.ts';
import { ingestDeps } from '../../tests/worlds/ingest-deps.ts';
import { openTestDatabase } from '../../tests/worlds/opened-database.ts';
import { specOf } from '../../tests/worlds/two-models.ts';
import { writeAged } from '../../tests/worlds/write-aged.ts';
import { tellFreshness } from '../ingest/tell-freshness.ts';
import { countUnread } from '../views/count-unread.ts';
import { ingestView } from '../views/ingest-view.ts';
import { keepOnlineViews } from './keep-online-views.ts';

const { database } = await openTestDatabase();
const { db, pool } = database;

let root: string;
beforeAll(async () => {
  root = await mkdtemp(path.join(tmpdir(), 'perennial-view-freshness-'));
});
afterAll(() => rm(root, { recursive: true, force: true }));

const hourMs = 3_600_000;

/** Stores a revision, and models that take a feature from it. */
async function define(name: string, source: SourceSpec, ...models: readonly string[]): Promise<string> {
  const { digest } = await withTransaction(database, (tx) => storeView(tx, viewOf(name, { source }), 'ana'));
  for (const model of models) {
    const spec = specOf(model);
    const from = { view: name, feature: 'age', digest, on: ['card'] };
    const features = [...spec.features, { kind: 'number', name: 'age', missing: 'allow', from } as const];
    await withTransaction(database, (tx) => storeSpec(tx, { ...spec, features }, 'ana'));
  }
  return digest;
}

const write = (file: string, card: string) =>
  writeAged(path.join(root, file), ['card,at,age,amount', `${card},2026-01-01T00:00:00Z,30,5`]);

async function look(): Promise<void> {
  await pool.query(`update online_view set look_at = now() - interval '1 second', counted_at = null`);
  const deps = ingestDeps(database, root);
  const keep = keepOnlineViews(
    deps,
    (key) => ingestView(deps, key),
    (key) => countUnread(deps, key),
  );
  await inActivity(keep);
}

/** As if all that there is had come earlier. */
async function passHours(hours: number): Promise<void> {
  for (const [table, column] of [
    ['snapshot', 'created_at'],
    ['feature_view_revision', 'created_at'],
    ['source_member', 'taken_at'],
  ])
    await pool.query(`update ${table} set ${column} = ${column} - $1 * interval '1 hour'`, [hours]);
}

const rung = async (view: string) =>
  (
    await pool.query(
      `select model, body, closed_at is null as is_open from alert where kind = 'source-behind' and subject = $1
       order by model`,
      [`view/${view}`],
    )
  ).rows;
/** 66 minutes, and what the test itself has taken since. */
const behindBy = (source: string) =>
  expect.stringMatching(
    new RegExp(
      `^${source}Nothing new has come for [67]\\d minutes; 60 minutes are declared\\. ` +
        'Answers go on with what the view holds, which grows older\\.$',
    ),
  );
const behind = behindBy('');

test('a view that brings nothing for longer than declared rings for each model until something comes', async () => {
  const source = { kind: 'folder', path: 'many', format: 'csv', settleMs: 0 } as const;
  await write('many/a.csv', 'a');
  // Who takes an earlier revision, for which nothing is declared, is not told.
  await define('cards', source, 'third');
  await define('cards', { ...source, freshMs: hourMs }, 'first', 'second');
  await look();
  await passHours(0.9);
  await look();
  expect(await rung('cards'), 'not yet').toEqual([]);
  await passHours(0.2);
  await look();
  await look();
  expect(await rung('cards')).toEqual(['first', 'second'].map((model) => ({ model, body: behind, is_open: true })));

  const standing = async (...told: string[]) =>
    (await sourcesOfViews(db, ['cards'], (model) => told.includes(model))).get('cards');
  expect(await standing('second', 'first')).toMatchObject({
    freshMs: hourMs,
    changedAt: expect.stringMatching(/^\d{4}-.*Z$/),
    alerts: [{ kind: 'source-behind', title: 'first: nothing new comes to view cards', body: behind }],
  });
  expect((await standing('second'))?.alerts).toMatchObject([{ title: 'second: nothing new comes to view cards' }]);
  expect((await standing('third'))?.alerts, 'nobody is told of models that are not theirs').toEqual([]);

  // The source of the model itself is another matter.
  await tellFreshness(db, specOf('first'), { unchangedMs: 0, stale: undefined, found: undefined, stand: [] });
  expect(await rung('cards')).toMatchObject([{ is_open: true }, { is_open: true }]);

  const before = (await standing('first'))?.changedAt ?? '';
  await write('many/b.csv', 'b');
  await look();
  expect(await rung('cards')).toMatchObject([{ is_open: false }, { is_open: false }]);
  const after = await standing('first');
  expect(after?.alerts).toEqual([]);
  expect(Date.parse(after?.changedAt ?? '') - Date.parse(before)).toBeGreaterThan(hourMs);
});

test('many models of another revision keep none from being told, and who left the view is told no longer', async () => {
  const source = { kind: 'folder', path: 'shared', format: 'csv', settleMs: 0 } as const;
  await write('shared/a.csv', 'a');
  await define('shared', source, ...Array.from({ length: 50 }, (_, at) => `before-${at}`));
  await define('shared', { ...source, freshMs: hourMs }, 'leaves', 'stays');
  await look();
  await passHours(1.1);
  await look();
  const said = (...open: boolean[]) =>
    ['leaves', 'stays'].map((model, at) => ({ model, body: behind, is_open: open[at] }));
  expect(await rung('shared')).toEqual(said(true, true));
  await withTransaction(database, (tx) => storeSpec(tx, specOf('leaves'), 'ana'));
  await look();
  expect(await rung('shared')).toEqual(said(false, true));
});

test('a view that cannot be read brings nothing either, and neither does one that was always empty', async () => {
  await write('away/a.csv', 'a');
  const source = { kind: 'folder', format: 'csv', settleMs: 0, freshMs: hourMs } as const;
  await define('away', { ...source, path: 'away' }, 'of-away');
  await mkdir(path.join(root, 'empty'));
  await define('empty', { ...source, path: 'empty' }, 'of-empty');
  await look();
  await rename(path.join(root, 'away'), path.join(root, 'elsewhere'));
  await passHours(1.1);
  await look();
  expect(await rung('away')).toEqual([{ model: 'of-away', body: behind, is_open: true }]);
  expect(await rung('empty')).toEqual([{ model: 'of-empty', body: behind, is_open: true }]);
  await rename(path.join(root, 'elsewhere'), path.join(root, 'away'));
  await write('away/b.csv', 'b');
  await write('empty/a.csv', 'a');
  await look();
  expect(await rung('away')).toMatchObject([{ is_open: false }]);
  expect(await rung('empty')).toMatchObject([{ is_open: false }]);
});

test('of a union the source that is silent is named', async () => {
  const member = { kind: 'folder', format: 'csv', settleMs: 0 } as const;
  await write('old/a.csv', 'a');
  await write('live/a.csv', 'a');
  const members = {
    old: { ...member, path: 'old' },
    live: { ...member, path: 'live', freshMs: hourMs },
  };
  await define('both', { kind: 'union', members }, 'of-both');
  await look();
  await passHours(1.1);
  await write('old/b.csv', 'b');
  await look();
  expect(await rung('both')).toEqual([{ model: 'of-both', body: behindBy('live: '), is_open: true }]);
  await write('live/b.csv', 'b');
  await look();
  expect(await rung('both')).toMatchObject([{ is_open: false }]);
});
