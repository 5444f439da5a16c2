import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createArtifactStore } from '../../src/artifacts/artifact-store.ts';
import { withDuck } from '../../src/data/duck/connect.ts';
import { withTransaction } from '../../src/db/base/connect.ts';
import { viewFilesOf } from '../../src/db/feature-views/view-files.ts';
import { heldBy, viewLine } from '../../src/db/feature-views/view-line.ts';
import { endViewNames } from '../../src/db/retention/end-view-names.ts';
import type { ViewSpec } from '../../src/domain/view/view-spec.ts';
import { rowsOfFiles } from '../../src/data/duck/sql.ts';
import { viewOf } from '../../tests/worlds/a-view.ts';
import { joinedFrom } from '../../tests/worlds/joined-views.ts';
import { openTestDatabase } from '../../tests/worlds/opened-database.ts';
import { worldOf, worldStartMs } from '../../tests/worlds/plain-views.ts';
import { plantLooks } from '../../tests/worlds/view-looks.ts';
import type { ActivityDependencies } from '../dependencies.ts';
import { joinViewSnapshots } from './join-view-snapshots.ts';

const { database } = await openTestDatabase();
const { db, pool } = database;
let root: string;
beforeAll(async () => void (root = await mkdtemp(path.join(tmpdir(), 'perennial-ends-'))));
afterAll(() => rm(root, { recursive: true, force: true }));

const deps = () =>
  ({
    database,
    store: createArtifactStore(path.join(root, 'artifacts')),
    workDir: root,
  }) as unknown as ActivityDependencies;

const dayMs = 86_400_000;
const ttlMs = 10 * dayMs;
/** Rows that were known up to here are to end. */
const endsMs = worldStartMs + 20 * dayMs;
/** A window of seven days has tiles of an hour, and the ttl reaches back further. */
const backMs = ttlMs + 1;

function agingView(name: string, changes: Partial<ViewSpec> = {}): ViewSpec {
  // Seven days beyond what is kept stay for looks that are computed anew.
  const keepMs = Date.now() - 7 * dayMs - endsMs;
  const spend = { name: 'spent', aggregate: 'sum', kind: 'number', column: 'amount', over: null } as const;
  return viewOf(name, {
    features: [
      { name: 'whole', kind: 'number' },
      { name: 'shop', kind: 'category' },
      { ...spend, windowMs: 7 * dayMs },
    ],
    ttlMs,
    keepMs,
    ...changes,
  });
}

/** Stores a view whose rows come day by day, and joins what has come. */
async function planted(view: ViewSpec) {
  const { rows, looks } = worldOf(3, { rows: 400, looks: 150 }, 60 * dayMs);
  const batches = Array.from({ length: 40 }, (_, at) => ({
    rows: rows.slice(at * 10, at * 10 + 10),
    receivedMs: null,
  }));
  const { digest, snapshots } = await plantLooks(deps(), root, view, batches);
  return { digest, looks, snapshots, newest: snapshots.at(-1) ?? '', first: snapshots[0] ?? '' };
}

const filesOf = (view: ViewSpec, snapshot: string) => viewFilesOf(db, deps().store, { view: view.name, snapshot });

test.each([{}, { availableTime: { column: 'seen' } }])(
  'rows end by age, and who needs them is told: %j',
  async (kind) => {
    const view = agingView(`ends-${Object.keys(kind).length}`, kind);
    const { looks, newest, first } = await planted(view);
    const kept = looks.filter(({ atMs }) => (atMs ?? 0) - backMs >= endsMs + dayMs);
    expect(kept.length).toBeGreaterThan(20);
    expect(kept.length).toBeLessThan(looks.length - 20);
    const before = await joinedFrom(root, view, await filesOf(view, newest), kept);
    expect(new Set(before.map((cells) => JSON.stringify(cells))).size).toBeGreaterThan(10);
    expect(await joinViewSnapshots(deps(), () => false)).toBe(false);
    const files = await filesOf(view, newest);
    expect(files.some(({ endedMs }) => endedMs !== undefined)).toBe(true);
    expect(await joinedFrom(root, view, files, kept)).toEqual(before);
    await expect(joinedFrom(root, view, files, looks)).rejects.toMatchObject({
      code: 'invalid_data',
      message: expect.stringMatching(
        /^View ends-\d keeps no rows that were known before 2\d{3}-\d\d-\d\d, and \d+ rows look/,
      ),
    });
    // As of an early snapshot, too: it had the rows, and has them no more.
    await expect(joinedFrom(root, view, await filesOf(view, first), looks)).rejects.toMatchObject({
      code: 'invalid_data',
    });
    const joined = files.flatMap(({ path: file, endedMs }) => (endedMs === undefined ? [] : [file]));
    const known = 'availableTime' in kind ? 'greatest("at", seen)' : '"at"';
    const [row] = await withDuck({}, (duck) =>
      duck.rows(`SELECT CAST(min(${known}) AS DOUBLE) AS oldest FROM (${rowsOfFiles(joined)})`),
    );
    expect(Number(row?.['oldest'])).toBeGreaterThan(endsMs - dayMs);
    // There is nothing more to do, and nothing is written anew for nothing.
    const line = await viewLine(db, newest);
    expect(await joinViewSnapshots(deps(), () => false)).toBe(false);
    expect(await viewLine(db, newest)).toEqual(line);
  },
);

test('names of snapshots that hold nothing end, unless something leads through them', async () => {
  const view = agingView('names', { keepMs: 20_000 * dayMs });
  const { digest, snapshots, newest, looks } = await planted(view);
  const key = { view: view.name, digest };
  await joinViewSnapshots(deps(), () => false);
  const named = snapshots[4] ?? '';
  await pool.query(
    `insert into snapshot (digest, model, spec_revision, kind, source_digest, rows, quarantined_rows, manifest)
       values ('rows of names', 'names-model', 1, 'history', 's', 1, 0, $1)`,
    [{ joined: [{ ...key, snapshot: named }] }],
  );
  const end = (min: number) => withTransaction(database, (tx) => endViewNames(tx, key, { min }));
  const count = async () =>
    Number((await pool.query(`select count(*) from snapshot where model = 'names'`)).rows[0].count);
  const values = async (snapshot: string) => joinedFrom(root, view, await filesOf(view, snapshot), looks);
  const before = { newest: await values(newest), named: await values(named), count: await count() };
  await end(1);
  expect(await count(), 'none of them is a month old').toBe(before.count);
  await pool.query(`update snapshot set files_removed_at = now() - interval '31 days'
    where model = 'names' and files_removed_at is not null`);
  await end(1_000);
  expect(await count(), 'these are few').toBe(before.count);
  await end(1);
  // 8 that were read last and 2 that hold 16 each; the last of the 32 leads to the second; and one is named.
  expect(await count()).toBe(8 + 2 + 2 + 1);
  expect(await values(newest)).toEqual(before.newest);
  expect(await values(named)).toEqual(before.named);
  expect(await heldBy(db, named)).not.toBeNull();
  expect(await viewLine(db, snapshots[5] ?? '')).toBeNull();
  await joinViewSnapshots(deps(), () => false);
  expect(await values(newest)).toEqual(before.newest);
});
