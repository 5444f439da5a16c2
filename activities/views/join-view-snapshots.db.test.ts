import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createArtifactStore } from '../../src/artifacts/artifact-store.ts';
import { readOnlineHead } from '../../src/db/feature-views/online-build.ts';
import { snapshotsToApply } from '../../src/db/feature-views/snapshots-to-apply.ts';
import { viewLine } from '../../src/db/feature-views/view-line.ts';
import { markedArtifacts } from '../../src/db/retention/artifact-roots.ts';
import { filesDue } from '../../src/db/scrub/files-due.ts';
import { lineMax } from '../../src/domain/view/plan-joins.ts';
import type { ViewSpec } from '../../src/domain/view/view-spec.ts';
import { createRandom } from '../../src/statistics/numeric/random.ts';
import { viewOf } from '../../tests/worlds/a-view.ts';
import { askErasure, runErasure } from '../../tests/worlds/erasure-world.ts';
import { inActivity } from '../../tests/worlds/in-activity.ts';
import { joinedFrom } from '../../tests/worlds/joined-views.ts';
import { openTestDatabase } from '../../tests/worlds/opened-database.ts';
import { worldOf, worldStartMs, type KeyedRow } from '../../tests/worlds/plain-views.ts';
import { silentLog } from '../../tests/worlds/serving-world.ts';
import { plantLooks, type LookedAt } from '../../tests/worlds/view-looks.ts';
import type { ActivityDependencies } from '../dependencies.ts';
import { materialiseView } from '../online/materialise-view.ts';
import { joinViewSnapshots } from './join-view-snapshots.ts';
import { viewFilesOf } from '../../src/db/feature-views/view-files.ts';

const { database } = await openTestDatabase();
const { db, pool } = database;
let root: string;
beforeAll(async () => {
  root = await mkdtemp(path.join(tmpdir(), 'perennial-joins-'));
});
afterAll(() => rm(root, { recursive: true, force: true }));

const deps = () =>
  ({
    database,
    store: createArtifactStore(path.join(root, 'artifacts')),
    workDir: root,
    trainDir: path.join(root, 'train'),
    log: silentLog,
  }) as unknown as ActivityDependencies;

const lineFiles = (view: string, snapshot: string) => viewFilesOf(db, deps().store, { view, snapshot });

const join = (given: ActivityDependencies = deps()) => joinViewSnapshots(given, () => false);
const dayMs = 86_400_000;
const windowOf = (
  name: string,
  aggregate: 'sum' | 'count' | 'last' | 'distinct',
  column: string | null,
  days: number,
) =>
  ({
    name,
    aggregate,
    kind: aggregate === 'last' ? 'category' : 'number',
    column,
    over: null,
    windowMs: days * dayMs,
  }) as const;
const features: ViewSpec['features'] = [
  { name: 'whole', kind: 'number' },
  { name: 'amount', kind: 'number', onMissing: -1 },
  { name: 'shop', kind: 'category' },
  windowOf('rows', 'count', null, 7),
  windowOf('spent', 'sum', 'amount', 30),
  windowOf('shops', 'distinct', 'shop', 7),
  windowOf('place', 'last', 'shop', 1),
];

/** Rows in batches of none to nine, the first of them a first reading, each later one received when it was. */
function batched(rows: readonly KeyedRow[], seed: string): readonly LookedAt[] {
  const random = createRandom(seed);
  const batches: LookedAt[] = [];
  for (let at = 0; at < rows.length;) {
    const count = random.integer(10);
    const receivedMs = batches.length === 0 ? null : worldStartMs + batches.length * dayMs;
    batches.push({ rows: rows.slice(at, at + count), receivedMs });
    at += count;
  }
  return [...batches, { rows: [], receivedMs: worldStartMs }];
}

const held = async (snapshot: string) => (await viewLine(db, snapshot)) ?? [];

test(
  'looks at any moment give the same before and after, bit for bit, as of every snapshot that there was',
  {
    timeout: 400_000,
  },
  async () => {
    const kinds = [{}, { availableTime: { column: 'seen' } }, { rowId: 'id', features: features.slice(3) }];
    for (const [at, kind] of kinds.entries()) {
      const view = viewOf(`same-${at}`, { features, ...kind });
      const { rows, looks } = worldOf(40 + at, { rows: 400, looks: 150 }, 60 * dayMs);
      const { snapshots } = await plantLooks(deps(), root, view, batched(rows, `same ${at}`));
      const asked = [0, 7, 30, 50, snapshots.length - 2, snapshots.length - 1].map((one) => snapshots[one] ?? '');
      const values = async () => {
        const found = [];
        for (const snapshot of asked)
          found.push(await joinedFrom(root, view, await lineFiles(view.name, snapshot), looks));
        return found;
      };
      const before = await values();
      expect(before[0]).not.toEqual(before[3]);
      expect(await join()).toBe(false);
      const parts = await held(snapshots.at(-1) ?? '');
      expect(parts.length).toBeLessThanOrEqual(lineMax(snapshots.length, rows.length));
      expect(parts.some(({ view: { joins } }) => joins?.level === 1)).toBe(true);
      expect(await values()).toEqual(before);
    }
  },
);

test('2,000 looks leave at most 47 files with all of their rows', { timeout: 600_000 }, async () => {
  const view = viewOf('often', { features });
  const row = { key: 'a', eventMs: worldStartMs, availableMs: worldStartMs, seq: 0, id: null, values: {} };
  const { digest, snapshots } = await plantLooks(deps(), root, view, [{ rows: [row], receivedMs: null }]);
  // All of them have the same file: planting so many others takes longer than joining them.
  await pool.query(
    `insert into snapshot (digest, model, spec_revision, kind, source_digest, rows, quarantined_rows, manifest,
       created_at)
     select 'look ' || n, s.model, 1, 'view', 's', 1, 0, s.manifest || jsonb_build_object('cursor', n::text,
         'parents', jsonb_build_array(case when n = 1 then s.digest else 'look ' || (n - 1) end),
         'files', jsonb_build_array(s.manifest -> 'files' -> 0 || jsonb_build_object('orderMin', n, 'orderMax', n))),
       s.created_at + n * interval '1 minute'
     from snapshot s cross join generate_series(1, 1999) n where s.digest = $1`,
    [snapshots[0]],
  );
  const newest = 'look 1999';
  expect(await held(newest)).toHaveLength(2_000);
  expect(await join()).toBe(false);
  const parts = await held(newest);
  expect(lineMax(2_000, 2_000)).toBe(48);
  expect(parts.length).toBeLessThanOrEqual(47);
  expect(parts.reduce((sum, { rows }) => sum + rows, 0)).toBe(2_000);
  expect(parts.reduce((sum, { view: { joins } }) => sum + (joins?.looks ?? 1), 0)).toBe(2_000);
  const { rows: kept } = await pool.query(
    `select count(*)::int as live, (select count(*)::int from snapshot where model = 'often') as names
     from snapshot where model = 'often' and files_removed_at is null and manifest -> 'view' ->> 'digest' = $1`,
    [digest],
  );
  expect(kept).toEqual([{ live: parts.length, names: 2_000 + 124 + 7 }]);
  // A second walk finds nothing to do.
  const names = parts.map((part) => part.digest);
  expect(await join()).toBe(false);
  expect((await held(newest)).map((part) => part.digest)).toEqual(names);
});

test('killed at any step, and told of failure after it was done, it ends as if nothing had happened', async () => {
  const rowsOf = (name: string) => {
    const { rows } = worldOf(7, { rows: 300, looks: 1 }, 60 * dayMs);
    return plantLooks(deps(), root, viewOf(name, { features }), batched(rows, 'killed'));
  };
  const { snapshots } = await rowsOf('killed');
  const shape = async (of: readonly string[]) =>
    (await held(of.at(-1) ?? '')).map(({ files, view: { joins } }) => [files[0]?.sha256, joins?.level, joins?.looks]);
  let failures = 0;
  for (let step = 1; ; step++) {
    let left = step;
    const { store } = deps();
    const failing =
      <Args extends readonly unknown[], Result>(work: (...args: Args) => Promise<Result>) =>
      async (...args: Args): Promise<Result> => {
        const done = await work(...args);
        if (--left === 0) throw new Error('killed');
        return done;
      };
    const broken = {
      ...deps(),
      store: { ...store, putFile: failing(store.putFile), putBytes: failing(store.putBytes) },
    } as ActivityDependencies;
    await join(broken);
    if (left > 0) break;
    failures++;
  }
  expect(failures).toBeGreaterThan(3);
  const { rows: rung } = await pool.query(`select title from alert where model = 'killed'`);
  expect(rung).toEqual([{ title: 'snapshots of view killed could not be joined' }]);
  const other = await rowsOf('unharmed');
  await join();
  expect(await shape(snapshots)).toEqual(await shape(other.snapshots));
  const twice = await Promise.all([join(), join()]);
  expect(twice).toContain(false);
  expect(await shape(snapshots)).toEqual(await shape(other.snapshots));
});

test('what was joined goes from the store, what holds the rows is kept, backed up and read again', async () => {
  const { rows } = worldOf(9, { rows: 200, looks: 1 }, 60 * dayMs);
  const { snapshots } = await plantLooks(deps(), root, viewOf('kept', { features }), batched(rows, 'kept'));
  const filesOf = async () =>
    (await held(snapshots.at(-1) ?? '')).flatMap(({ files }) => files.map((one) => one.sha256));
  const before = await filesOf();
  await join();
  const after = await filesOf();
  const marked = await markedArtifacts(db);
  const needed = await filesDue(db, '', 'g');
  expect(after.filter((file) => !marked.has(file) || !needed.has(file))).toEqual([]);
  const gone = before.filter((file) => !after.includes(file));
  expect(gone.length).toBeGreaterThan(15);
  expect(gone.filter((file) => marked.has(file) || needed.has(file))).toEqual([]);
});

test('a store that is being filled goes on where it was, each row once, however much is joined meanwhile', async () => {
  const view = viewOf('filled', { features });
  const { rows } = worldOf(11, { rows: 300, looks: 1 }, 60 * dayMs);
  const keyed = rows.filter(({ key }) => key !== null && key !== '');
  const { digest, snapshots } = await plantLooks(
    deps(),
    root,
    view,
    batched(
      keyed.map((row, seq) => ({ ...row, seq })),
      'f',
    ),
  );
  const key = { view: view.name, digest };
  const fill = (endsAtMs = Infinity) =>
    inActivity(() => materialiseView(deps(), key, { nowMs: () => worldStartMs + 400 * dayMs, endsAtMs }));
  const entities = async () =>
    (await pool.query(`select entity, numbers, texts, tiles from online_entity where view = 'filled' order by entity`))
      .rows;
  await pool.query('insert into online_view (view, digest) values ($1, $2)', [view.name, digest]);
  for (let step = 0; step < 9; step++) expect(await fill(0)).toBe(true);
  // Nobody is told that it holds the view before it does.
  expect(await readOnlineHead(database, key)).toMatchObject({ snapshot: null, building: { snapshot: snapshots[9] } });
  await join();
  const { snapshots: left } = await snapshotsToApply(db, key, null);
  expect(left[0]?.view.joins?.of).toContain(snapshots[9]);
  while (await fill());
  const head = await readOnlineHead(database, key);
  expect(head).toMatchObject({ snapshot: snapshots.at(-1), building: null, generation: 1 });
  const counted = await pool.query(`select rows::int from online_view where view = 'filled'`);
  expect(counted.rows).toEqual([{ rows: keyed.length }]);
  const found = await entities();
  // One that continues what it holds goes on in what that was joined into.
  const part = await snapshotsToApply(db, key, snapshots[8] ?? null);
  expect(part.isAnew).toBe(false);
  expect(part.snapshots[0]?.view.joins?.of).toContain(snapshots[8]);
  // A store that is built anew from what was joined says the same.
  await pool.query(`delete from online_view where view = 'filled'`);
  await pool.query('insert into online_view (view, digest) values ($1, $2)', [view.name, digest]);
  while (await fill());
  expect(await entities()).toEqual(found);
  expect(found.map(({ entity }) => entity)).toEqual(['["a"]', '["b"]', '["c"]']);
});

test(
  'an erased entity goes from what was joined, and a join that read it before stores nothing',
  {
    timeout: 400_000,
  },
  async () => {
    const view = viewOf('erased', { features });
    const { rows, looks } = worldOf(13, { rows: 100, looks: 60 }, 60 * dayMs);
    const { snapshots } = await plantLooks(deps(), root, view, batched(rows, 'erased'));
    const newest = snapshots.at(-1) ?? '';
    const erase = async (entity: string) => {
      const erasureId = await askErasure(deps(), { scope: 'view', name: view.name, entity });
      return runErasure(deps(), erasureId);
    };
    // While a join is under way, somebody is erased.
    const { store } = deps();
    let isErased = false;
    const slow = {
      ...deps(),
      store: {
        ...store,
        async putBytes(bytes: Parameters<typeof store.putBytes>[0]) {
          const digest = await store.putBytes(bytes);
          if (!isErased) {
            isErased = true;
            expect((await erase('a')).status).toBe('done');
          }
          return digest;
        },
      },
    } as ActivityDependencies;
    expect(await join(slow)).toBe(true);
    expect((await held(newest)).some(({ view: { joins } }) => joins !== undefined)).toBe(false);
    await join();
    const joined = await held(newest);
    expect(joined.some(({ view: { joins } }) => joins !== undefined)).toBe(true);
    expect((await erase('b')).status).toBe('done');
    const left = (await held(newest)).reduce((sum, part) => sum + part.rows, 0);
    expect(left).toBe(rows.filter(({ key }) => key !== 'a' && key !== 'b').length);
    expect(left).toBeLessThan(joined.reduce((sum, part) => sum + part.rows, 0));
    const values = await joinedFrom(root, view, await lineFiles(view.name, newest), looks);
    const ofErased = values.filter((_, at) => looks[at]?.key === 'a' || looks[at]?.key === 'b');
    expect(new Set(ofErased.map((cells) => JSON.stringify(cells)))).toEqual(new Set(['[null,-1,null,0,0,0,null]']));
  },
);

test('a source that is read whole keeps its newest reading, and those that rows were joined with', async () => {
  const view = viewOf('whole');
  const { digest } = await plantLooks(deps(), root, view, [{ rows: [], receivedMs: null }]);
  const put = (name: string, days: number, manifest: object) =>
    pool.query(
      `insert into snapshot (digest, model, spec_revision, kind, source_digest, rows, quarantined_rows, manifest,
         created_at) values ($1, $2, 1, $3, 's', 1, 0, $4, now() - make_interval(days => $5))`,
      [name, 'joined' in manifest ? 'whole-model' : 'whole', 'joined' in manifest ? 'history' : 'view', manifest, days],
    );
  const files = [{ sha256: 'f', bytes: 1, rows: 1, orderMin: 0, orderMax: 0 }];
  for (const [at, days] of [9, 8, 7, 1].entries())
    await put(`whole ${at}`, days, { view: { digest, receivedMs: null }, files, parents: [] });
  await put('rows', 7, { joined: [{ view: 'whole', digest, snapshot: 'whole 1' }] });
  await join();
  const live = async () =>
    (await pool.query(`select digest from snapshot where model = 'whole' and files_removed_at is null order by 1`)).rows
      .map((row) => String(row.digest))
      .filter((name) => name.startsWith('whole'));
  expect(await live(), 'the one before was the newest until yesterday').toEqual(['whole 1', 'whole 2', 'whole 3']);
  await pool.query(`update snapshot set files_removed_at = now() where digest = 'rows'`);
  await join();
  expect(await live()).toEqual(['whole 2', 'whole 3']);
});
