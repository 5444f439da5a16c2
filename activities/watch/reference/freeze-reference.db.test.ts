import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { eq } from 'drizzle-orm';
import { afterAll, expect, test } from 'vitest';
import { readWholeProfile } from '../../../src/artifacts/profile-reader.ts';
import { withTransaction } from '../../../src/db/base/connect.ts';
import { findVersion } from '../../../src/db/models/versions.ts';
import { window } from '../../../src/db/schema/index.ts';
import { createArtifactStore } from '../../../src/artifacts/artifact-store.ts';
import { createRandom } from '../../../src/statistics/numeric/random.ts';
import { openTestDatabase } from '../../../tests/worlds/opened-database.ts';
import { addClosedWindow, addWatchedModel, anyModelName, watchedSpec } from '../../../tests/worlds/watched-models.ts';
import { freezeReference } from './freeze-reference.ts';

const { database } = await openTestDatabase();
const folder = await mkdtemp(path.join(tmpdir(), 'perennial-frozen-'));
const store = createArtifactStore(folder);
afterAll(() => rm(folder, { recursive: true, force: true }));
const hourMs = 3_600_000;
const monday = Date.parse('2026-01-05T00:00:00Z');

/** A version that came without data, and a first window of ten rows an hour, through so many days. */
async function frozen(days: number) {
  const name = anyModelName();
  const input = watchedSpec(name, {
    eventTime: { column: 'at' },
    watch: { window: { rows: 200 }, season: { phases: 'hour-of-day', timeZone: 'UTC' } },
  });
  const { spec } = await addWatchedModel(database, store, input);
  await addClosedWindow(database, name, 1);
  const rows = days * 24 * 10;
  await database.db.update(window).set({ rows, lastSeq: rows }).where(eq(window.model, name));
  const random = createRandom(name);
  await database.pool.query(
    `insert into prediction (model, prediction_id, seq, window_number, requested_at, event_time_ms, bucket, arm, stage,
      challenger_weight, version, correction, routing_revision, spec_revision, numbers, texts, scores, failed,
      latency_us)
    select $1, 'p' || row.place, row.place, 1, now(), $3::float8 + row.place * $4::float8, 0, 'champion', 'steady', 0,
      1, 'identity', 2, 1, array[row.amount::float8], '{}', '{0.5,0.5}', false, 1
    from jsonb_array_elements_text($2::jsonb) with ordinality as row (amount, place)`,
    [name, JSON.stringify(Array.from({ length: rows }, () => random.normal())), monday, hourMs / 10],
  );
  const [closed] = await database.db.select().from(window).where(eq(window.model, name));
  const champion = await findVersion(database.db, name, 1);
  if (closed === undefined || champion === null) throw new Error('there are a window and a champion');
  const judged = await freezeReference(
    { database, store },
    (work) => withTransaction(database, work),
    closed,
    champion,
    spec,
  );
  const after = await findVersion(database.db, name, 1);
  return { judged, profile: await readWholeProfile(store, after?.profileDigest ?? '') };
}

test('a reference that is taken from traffic knows the season that the definition declares', async () => {
  const { judged, profile } = await frozen(4);
  expect(judged.text).toBe('reference: its first 960 rows (window 1); drift is judged from the next window on.');
  expect(profile.season).toMatchObject({ phases: 'hour-of-day', timeZone: 'UTC' });
  expect(profile.season?.isKnown).toEqual(new Array(24).fill(true));
  expect(profile.features[0]?.seasonal?.counts).toHaveLength(24);
});

test('one of too few days does not, and says so', async () => {
  const { judged, profile } = await frozen(2);
  expect(judged.text).toContain('The season is not heeded: no phase has 30 of these rows in three turns.');
  expect(profile.season).toBeUndefined();
});
