import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { withDuck } from '../../src/data/duck/connect.ts';
import { pathLiteral } from '../../src/data/duck/sql.ts';
import { withTransaction } from '../../src/db/base/connect.ts';
import { snapshotsToApply } from '../../src/db/feature-views/snapshots-to-apply.ts';
import { storeView } from '../../src/db/feature-views/store-view.ts';
import { viewFilesOf } from '../../src/db/feature-views/view-files.ts';
import { newestViewSnapshot } from '../../src/db/feature-views/view-snapshots.ts';
import { csv, defineView, folder, number } from '../../src/sdk/index.ts';
import { inActivity } from '../../tests/worlds/in-activity.ts';
import { ingestDeps } from '../../tests/worlds/ingest-deps.ts';
import { openTestDatabase } from '../../tests/worlds/opened-database.ts';
import { writeAged } from '../../tests/worlds/write-aged.ts';
import { ingestView } from './ingest-view.ts';
import { joinViewSnapshots } from './join-view-snapshots.ts';

const { database } = await openTestDatabase();
const { db, pool } = database;

let root: string;
beforeAll(async () => {
  root = await mkdtemp(path.join(tmpdir(), 'perennial-read-again-'));
});
afterAll(() => rm(root, { recursive: true, force: true }));

const deps = () => ingestDeps(database, root);

const write = (name: string, limit: number) =>
  writeAged(path.join(root, name), [
    'card,at,seen,limit',
    `${path.basename(name)},2026-01-01T00:00:00Z,2026-01-01T00:00:00Z,${limit}`,
  ]);

/** When rows became available stands in them: the same rows are the same snapshot, whenever they are read. */
const viewOver = (name: string, source: ReturnType<typeof csv>) =>
  withTransaction(database, (tx) =>
    storeView(
      tx,
      defineView({
        name,
        owner: 'risk',
        entity: 'card',
        eventTime: 'at',
        availableTime: 'seen',
        features: { limit: number() },
        source,
      }),
      'test',
    ),
  );

const read = (view: string, digest: string) => inActivity(() => ingestView(deps(), { view, digest }));

/** The rows that a snapshot stands for, in their order. */
async function limitsOf(view: string, snapshot: string | null): Promise<readonly number[]> {
  const files = await viewFilesOf(db, deps().store, { view, snapshot });
  const list = files.map((file) => pathLiteral(file.path)).join(', ');
  const rows = await withDuck({}, (duck) =>
    duck.rows(`SELECT "limit" FROM read_parquet([${list}], union_by_name = true) ORDER BY _order`),
  );
  return rows.map(({ limit }) => Number(limit));
}

test('a file that is again what it was before is what its view holds, and what is brought in', async () => {
  const { digest } = await viewOver('returned', csv('returned.csv'));
  await write('returned.csv', 1);
  const first = await read('returned', digest);
  await write('returned.csv', 2);
  const second = await read('returned', digest);
  await write('returned.csv', 1);
  const third = await read('returned', digest);
  expect(third.snapshot).toBe(first.snapshot);
  expect((await newestViewSnapshot(db, 'returned', digest))?.digest).toBe(first.snapshot);
  expect(await snapshotsToApply(db, { view: 'returned', digest }, second.snapshot)).toMatchObject({
    snapshots: [{ digest: first.snapshot }],
    isAnew: true,
  });
});

test('a folder that is read from its beginning again has each row once, whatever was joined of it', async () => {
  const { digest } = await viewOver('retaken', folder('retaken', { format: 'csv', onRewrite: 'retake' }));
  const limits = Array.from({ length: 20 }, (_, at) => at);
  const name = (at: number) => `retaken/${String(at).padStart(2, '0')}.csv`;
  for (const at of limits) await write(name(at), at);
  const join = () => joinViewSnapshots(deps(), () => false);
  const before = await read('retaken', digest);
  await join();
  expect(await limitsOf('retaken', before.snapshot)).toEqual(limits);
  // Behind what was joined: all before it is what it was.
  await write(name(18), 180);
  const after = await read('retaken', digest);
  const changed = limits.map((at) => (at === 18 ? 180 : at));
  expect(await limitsOf('retaken', after.snapshot)).toEqual(changed);
  expect(await join()).toBe(false);
  expect(await limitsOf('retaken', after.snapshot)).toEqual(changed);
  expect(await limitsOf('retaken', before.snapshot), 'whoever named it gets what there was').toEqual(limits);
  expect((await pool.query('select title from alert')).rows).toEqual([]);
  const { rows } = await pool.query(`select count(*)::int as joins from snapshot where model = 'retaken'
    and manifest -> 'view' -> 'joins' is not null and files_removed_at is null`);
  expect(rows).toEqual([{ joins: 1 }]);
});
