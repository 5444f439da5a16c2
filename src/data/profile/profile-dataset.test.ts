import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { canonicalJson } from '../../domain/words/canonical.ts';
import type { SnapshotColumn, SnapshotManifest } from '../../domain/training/snapshot.ts';
import { withDuck } from '../duck/connect.ts';
import { literal } from '../duck/sql.ts';
import { profileDataset } from './profile-dataset.ts';
import type { ProfileRoles } from './roles.ts';
import { gapsOf } from './time-coverage.ts';

const dir = await mkdtemp(path.join(tmpdir(), 'perennial-profile-'));
afterAll(() => rm(dir, { recursive: true, force: true }));

const schema: readonly SnapshotColumn[] = [
  { name: 'at', type: 'BIGINT' },
  { name: 'who', type: 'VARCHAR' },
  { name: 'size', type: 'DOUBLE' },
  { name: 'twice', type: 'DOUBLE' },
  { name: 'trend', type: 'DOUBLE' },
  { name: 'gap', type: 'DOUBLE' },
  { name: 'hole', type: 'VARCHAR' },
  { name: 'note', type: 'VARCHAR' },
  { name: 'y', type: 'VARCHAR' },
  { name: '_order', type: 'BIGINT' },
];
const roles: ProfileRoles = {
  features: ['size', 'twice', 'trend', 'gap', 'hole', 'note'].map((name) => ({ name, isTime: false })),
  target: { column: 'y', classes: ['no', 'yes'] },
  entity: 'who',
  eventTime: 'at',
};
const dayMs = 86_400_000;

/** 1,000 rows: a hundred a day, of which days 4 and 5 are missing; 50 customers; the first ten rows stand twice. */
async function profileOf(name: string, rows = 1_000) {
  const file = path.join(dir, `${name}.parquet`);
  await withDuck({}, (duck) =>
    duck.run(`COPY (SELECT
      (${dayMs} * (i // 100 + CASE WHEN i >= 400 THEN 2 ELSE 0 END) + 1_700_006_400_000)::BIGINT AS at,
      'c' || (i % 50) AS who,
      CASE WHEN i = 7 THEN 1e9 ELSE (i * 37) % 101 END::DOUBLE AS size, (2 * ((i * 37) % 101))::DOUBLE AS twice,
      (i + (i * 37) % 101)::DOUBLE AS trend,
      CASE WHEN i % 5 = 0 THEN NULL ELSE (i * 13) % 17 END::DOUBLE AS gap,
      CASE WHEN i % 5 = 0 THEN NULL WHEN i % 10 = 1 THEN NULL ELSE 'h' || (i % 3) END AS hole,
      CASE WHEN i % 100 = 3 THEN 'only ' || i ELSE 'plain' END AS note,
      CASE WHEN (i * 37) % 101 + (i * 29) % 53 > 75 THEN 'yes' ELSE 'no' END AS y,
      n AS _order FROM
      (SELECT CASE WHEN n >= ${rows} THEN n - ${rows} ELSE n END AS i, n FROM range(${rows} + 10) AS r(n)))
      TO ${literal(file)} (FORMAT parquet)`),
  );
  const files = [{ sha256: 'f'.repeat(64), bytes: 1, rows: rows + 10, orderMin: 0, orderMax: rows + 9 }];
  const manifest = { model: 'shop', rows: rows + 10, files, schema } as unknown as SnapshotManifest;
  const store = { pathOf: async () => file, checkedPathOf: async () => file };
  return profileDataset(store, { dataset: [manifest], roles, folder: dir });
}

test('a whole profile, held against what the rows were made of', async () => {
  const profile = await profileOf('whole');
  expect(profile).toMatchObject({ rows: 1_010, sample: { rows: 1_010, everyNth: 1 } });
  const of = new Map(profile.columns.map((column) => [column.name, column]));
  expect(of.get('who')).toEqual({
    name: 'who',
    type: 'VARCHAR',
    role: 'entity',
    missing: 0,
    distinct: 50,
  });
  expect(of.get('size')?.numbers).toMatchObject({ min: 0, max: 1e9, outliers: { below: 0, above: 2 } });
  expect(of.get('twice')?.numbers?.quantiles).toContainEqual({ share: 0.5, value: 100 });
  expect(of.get('twice')?.numbers?.histogram?.rows.reduce((sum, rows) => sum + rows, 0)).toBe(1_010);
  // A word of a single row may say who it is about.
  expect(of.get('note')?.top).toEqual([
    { value: 'plain', rows: 999 },
    { value: 'only 3', rows: 2 },
  ]);
  expect(profile.missing).toEqual({
    patterns: [
      { columns: ['hole', 'gap'], rows: 202 },
      { columns: ['hole'], rows: 101 },
    ],
    patternCount: 2,
  });
  expect(profile.duplicates).toMatchObject({
    repeated: 10,
    byKey: { columns: ['who', 'at'] },
    entities: { count: 50, rowsMax: 21 },
    contradictions: expect.any(Number),
  });
  expect(profile.time).toMatchObject({ period: 'day', periods: { length: 12 }, gaps: [{ periods: 2 }] });
  const pair = profile.associations.find(
    ({ columns }) => columns.join() === 'twice,trend' || columns.join() === 'trend,twice',
  );
  expect(pair).toMatchObject({ measure: 'correlation', rows: 1_010, isWithTarget: false });
  expect(profile.associations[0]).toMatchObject({ isWithTarget: true });
  const moved = profile.drift.columns.filter(({ ends }) => ends.hasMoved).map(({ name }) => name);
  expect(moved).toEqual(['trend']);
  expect(profile.leakage).toEqual([]);
});

test('equal snapshots have equal profiles, and a long one is sampled', async () => {
  const [one, other] = [await profileOf('one', 50_000), await profileOf('other', 50_000)];
  expect(canonicalJson(one)).toBe(canonicalJson(other));
  expect(one.rows).toBe(50_010);
  expect(one.sample.everyNth).toBe(3);
  expect(Math.abs(one.sample.rows - 50_010 / 3)).toBeLessThan(600);
  expect(one.columns.find(({ name }) => name === 'gap')?.missing).toBe(10_002);
});

test('gaps are runs of empty periods, longest first', () => {
  const periods = [3, 0, 1, 0, 0, 0, 2].map((rows, at) => ({ startMs: at * dayMs, rows }));
  expect(gapsOf(periods)).toEqual([
    { fromMs: 3 * dayMs, toMs: 6 * dayMs, periods: 3 },
    { fromMs: dayMs, toMs: 2 * dayMs, periods: 1 },
  ]);
});
