import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createArtifactStore, type ArtifactStore } from '../../../src/artifacts/artifact-store.ts';
import { createDatabase, type Database } from '../../../src/db/base/connect.ts';
import { statusOf } from '../../../src/db/views/views-status.ts';
import { setWatchShards } from '../../../src/db/watching/watch-layout.ts';
import type { WatchSpec } from '../../../src/domain/spec/spec.ts';
import { cellCount, cellOf, type ReferenceProfile } from '../../../src/domain/training/profile.ts';
import { createRandom } from '../../../src/statistics/numeric/random.ts';
import { createTestDatabase, type TestDatabase } from '../../../tests/worlds/database.ts';
import { independent } from '../../../tests/worlds/drift-world.ts';
import { drawTogether, togetherProfile } from '../../../tests/worlds/together-world.ts';
import { addClosedWindow, addWatchedModel, anyModelName, watchedSpec } from '../../../tests/worlds/watched-models.ts';
import { judgeAll } from '../../../tests/worlds/judge-all.ts';

// Two features that are independent in the reference; each window has rows of which the watch reads some.
const windowRows = 200;
const features = ['f0', 'f1'] as const;

let place: TestDatabase;
let database: Database;
let folder: string;
let store: ArtifactStore;
let profile: ReferenceProfile;

beforeAll(async () => {
  place = await createTestDatabase();
  database = createDatabase(place.url);
  folder = await mkdtemp(path.join(tmpdir(), 'perennial-together-'));
  store = createArtifactStore(folder);
  await setWatchShards(database, 1);
  const world = { name: 'two', referenceRows: 12_000, windowRows: 1, walk: independent };
  profile = togetherProfile(drawTogether(world, 'reference').slice(0, features.length));
});
afterAll(async () => {
  await database.close();
  await place.drop();
  await rm(folder, { recursive: true, force: true });
});

type Multivariate = NonNullable<WatchSpec['multivariate']>;

/** A model whose champion has this reference, and one judged window in which its features correlate so. */
async function judged(correlation: number, multivariate: Multivariate | null, reference: ReferenceProfile) {
  const name = anyModelName();
  const watch = { window: { rows: windowRows }, ...(multivariate === null ? {} : { multivariate }) };
  const input = watchedSpec(name, {
    features: features.map((feature) => ({ kind: 'number', name: feature, missing: 'refuse' })),
    watch,
  });
  await addWatchedModel(database, store, input);
  const digest = await store.putBytes(JSON.stringify({ ...reference, of: name }));
  await database.pool.query('update version set profile_digest = $2 where model = $1', [name, digest]);
  const rows = rowsOf(correlation);
  const cells = reference.features.map((feature, at) => {
    const counts = new Array<number>(cellCount(feature)).fill(0);
    for (const row of rows) {
      const cell = cellOf(feature, row[at] ?? null);
      counts[cell] = (counts[cell] ?? 0) + 1;
    }
    return counts;
  });
  await addClosedWindow(database, name, 1, cells);
  await database.pool.query(
    `insert into prediction (model, prediction_id, seq, window_number, requested_at, bucket, arm, stage,
      challenger_weight, version, correction, routing_revision, spec_revision, numbers, texts, scores, failed,
      latency_us)
    select $1, 'p' || row.place, row.place, 1, now(), 0, 'champion', 'steady', 0, 1, 'identity', 2, 1,
      array(select jsonb_array_elements_text(row.numbers)::float8), '{}', '{0.5,0.5}', false, 1
    from jsonb_array_elements($2::jsonb) with ordinality as row (numbers, place)`,
    [name, JSON.stringify(rows)],
  );
  await judge();
  const found = await database.pool.query<{ verdict: string; drift: Record<string, unknown> }>(
    `select verdict, body -> 'drift' as drift from evidence where model = $1 and kind = 'window'`,
    [name],
  );
  const alerts = await database.pool.query<{ title: string; body: string }>(
    'select title, body from alert where model = $1',
    [name],
  );
  return { name, ...found.rows[0], alerts: alerts.rows, status: await statusOf(database.db, name) };
}

function rowsOf(correlation: number): readonly (readonly number[])[] {
  const random = createRandom('window');
  return Array.from({ length: windowRows }, () => {
    const first = random.normal();
    return [first, correlation * first + Math.sqrt(1 - correlation ** 2) * random.normal()];
  });
}

async function judge(): Promise<void> {
  await judgeAll({ database, store });
}

test('features that go together otherwise ring an alarm, and stand in evidence and status', async () => {
  const { name, verdict, drift, alerts, status } = await judged(0.8, true, profile);
  expect(verdict).toBe('drift');
  expect(drift).toMatchObject({ drifted: [], together: { verdict: 'drift', rows: windowRows } });
  expect(alerts).toEqual([
    {
      title: `${name}: features together drifted in window 1`,
      body: expect.stringMatching(/covariate drift.*A classifier tells the window from the reference/),
    },
  ]);
  expect(status.together).toMatchObject({ window: 1, verdict: 'drift', pairs: [{ first: 'f0', second: 'f1' }] });
  expect(status.drift?.kinds).toEqual(['covariate']);
});

test('the same is not seen where it is not declared, and not judged where the reference keeps no rows', async () => {
  const undeclared = await judged(0.8, null, profile);
  expect(undeclared).toMatchObject({ verdict: 'stable', alerts: [], status: { together: null } });
  const { stretches: _, ...older } = profile;
  const { status, verdict } = await judged(0.8, true, older);
  expect(verdict).toBe('stable');
  expect(status.together).toMatchObject({ verdict: 'not-judged', auroc: null });
});

test('features that go together as they did ring nothing', async () => {
  const { verdict, alerts, status } = await judged(0, { aurocRiseMin: 0.02 }, profile);
  expect({ verdict, alerts }).toEqual({ verdict: 'stable', alerts: [] });
  expect(status.together).toMatchObject({ window: 1, verdict: 'stable' });
});
