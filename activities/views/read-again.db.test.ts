import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { withDuck } from '../../src/data/duck/connect.ts';
import { pathLiteral } from '../../src/data/duck/sql.ts';
import { withTransaction } from '../../src/db/base/connect.ts';
import { snapshotsToApply } from '../../src/db/feature-views/snapshots-to-apply.ts';
import { storeView } from '../../src/db/feature-views/store-view.ts';
import { viewLine } from '../../src/db/feature-views/view-line.ts';
import { viewFilesOf } from '../../src/db/feature-views/view-files.ts';
import { newestViewSnapshot } from '../../src/db/feature-views/view-snapshots.ts';
import { csv, defineView, folder, number } from '../../src/sdk/index.ts';
import { failureOf } from '../../tests/worlds/foreign-rows.ts';
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
  const through = files.at(-1)?.throughSeq ?? Number.MAX_SAFE_INTEGER;
  const rows = await withDuck({}, (duck) =>
    duck.rows(`SELECT "limit" FROM read_parquet([${list}], union_by_name = true) WHERE _order <= ${through}
      ORDER BY _order`),
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

test('rows of which a part was given up pass nowhere for all of them', async () => {
  const { digest } = await viewOver('torn', folder('torn', { format: 'csv' }));
  await write('torn/1.csv', 1);
  const first = await read('torn', digest);
  await write('torn/2.csv', 2);
  const second = await read('torn', digest);
  expect(await limitsOf('torn', second.snapshot)).toEqual([1, 2]);
  await pool.query('update snapshot set files_removed_at = now() where digest = $1', [first.snapshot]);
  const error = {
    code: 'not_found',
    message: `Rows of snapshot ${second.snapshot?.slice(0, 16)} of view torn were given up.`,
  };
  expect(await failureOf(limitsOf('torn', second.snapshot))).toMatchObject(error);
  expect(await failureOf(snapshotsToApply(db, { view: 'torn', digest }, null))).toMatchObject(error);
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

test('what a folder was read as before goes two days after it was read again, also what was joined of it', async () => {
  const { digest } = await viewOver('rewritten', folder('rewritten', { format: 'csv', onRewrite: 'retake' }));
  const join = () => joinViewSnapshots(deps(), () => false);
  const name = (at: number) => `rewritten/${String(at).padStart(2, '0')}.csv`;
  for (let at = 0; at < 17; at++) await write(name(at), at);
  const line = async () => {
    const { snapshot } = await read('rewritten', digest);
    await join();
    return { snapshot, parts: (await viewLine(db, snapshot ?? ''))?.map((part) => part.digest) ?? [] };
  };
  const live = async (of: { readonly parts: readonly string[] }) =>
    (await pool.query('select from snapshot where digest = any($1) and files_removed_at is null', [of.parts])).rowCount;
  const daysPass = () => pool.query(`update snapshot set created_at = created_at - interval '3 days'`);
  const first = await line();
  expect(first.parts).toHaveLength(2);
  await daysPass();
  // All that comes behind the first file is named anew.
  await write(name(0), 100);
  const second = await line();
  expect(second.parts).toHaveLength(2);
  expect(await live(first), 'read until just now').toBe(2);
  const [joined] = first.parts;
  const { rows } = await pool.query('select digest from snapshot where joined_into = $1 order by created_at', [joined]);
  expect(rows).toHaveLength(16);
  const manifest = { joined: [{ view: 'rewritten', digest, snapshot: rows[7]?.digest }] };
  await pool.query(
    `insert into snapshot (digest, model, spec_revision, kind, source_digest, rows, quarantined_rows, manifest)
     values ('learnt', 'rewritten-model', 1, 'history', 's', 1, 0, $1)`,
    [manifest],
  );
  await daysPass();
  await write(name(0), 200);
  const third = await line();
  expect([await live(first), await live(second), await live(third)]).toEqual([1, 2, 2]);
  expect(await limitsOf('rewritten', rows[7]?.digest ?? null), 'rows were joined with it').toEqual([
    0, 1, 2, 3, 4, 5, 6, 7,
  ]);
  await pool.query(`update snapshot set files_removed_at = now() where digest = 'learnt'`);
  await join();
  expect([await live(first), await live(second), await live(third)]).toEqual([0, 2, 2]);
});
