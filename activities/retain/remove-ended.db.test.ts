import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createArtifactStore } from '../../src/artifacts/artifact-store.ts';
import { createDatabase, withTransaction, type Database } from '../../src/db/base/connect.ts';
import { readDisks, storageOf } from '../../src/db/installation/storage.ts';
import { storeSpec } from '../../src/db/models/specs.ts';
import type { RetainPlace } from '../../src/domain/record/retain-place.ts';
import { fraud } from '../../models/fraud.ts';
import { createTestDatabase, type TestDatabase } from '../../tests/worlds/database.ts';
import type { ActivityDependencies } from '../dependencies.ts';
import { removeEndedActivities } from './remove-ended.ts';

let place: TestDatabase;
let database: Database;
let artifactDir: string;
beforeAll(async () => {
  place = await createTestDatabase();
  database = createDatabase(place.url, { connectionsMax: 4, onIdleError: () => undefined });
  artifactDir = await mkdtemp(path.join(tmpdir(), 'perennial-retain-'));
});
afterAll(async () => {
  await database.close();
  await place.drop();
  await rm(artifactDir, { recursive: true, force: true });
});

function activities() {
  const given: Partial<ActivityDependencies> = {
    database,
    store: createArtifactStore(artifactDir),
    artifactDir,
    keptDays: { segments: 30, commands: 90 },
    artifactGraceMs: 3_600_000,
    freeBytes: { databaseFreeBytes: async () => 5e9, artifactFreeBytes: async () => 5e9 },
  };
  // The walk touches nothing else.
  return removeEndedActivities(given as ActivityDependencies);
}

test('a model whose definition cannot be read rings, and the others are walked all the same', async () => {
  await withTransaction(database, async (tx) => {
    for (const name of ['a-broken', 'a-c', 'ab']) await storeSpec(tx, { ...fraud, name }, 'ann');
    await tx.execute(sql`delete from spec_revision where model = 'a-broken'`);
  });
  for (const part of ['models', 'storage']) await activities().removeEnded({ place: { part, cursor: null } });
  const { rows } = await database.db.execute(sql`select model, kind, subject from alert where closed_at is null`);
  expect(rows).toEqual([{ model: 'a-broken', kind: 'task-failed', subject: 'upkeep' }]);
  expect([...(await storageOf(database.db, ['a-c', 'ab'])).keys()].toSorted()).toEqual(['a-c', 'ab']);
});

test('a walk goes through every part once and ends, whatever place it is given', async () => {
  await withTransaction(database, (tx) => storeSpec(tx, fraud, 'ann'));
  await database.db.execute(
    sql`insert into segment (segment_id, stored_at) values ('old', now() - interval '40 days')`,
  );
  const parts: string[] = [];
  let at: RetainPlace | null = null;
  for (let step = 0; step < 20; step++) {
    const { next }: { readonly next: RetainPlace | null } = await activities().removeEnded({ place: at });
    at = next;
    if (at === null) break;
    parts.push(at.part);
  }
  expect(at).toBeNull();
  expect(parts).toEqual(['models', 'pushed', 'artifacts', 'disks', 'storage', 'uploads', 'report']);
  const { rows } = await database.db.execute(sql`select count(*)::int as told from audit
    where type = 'perennial.retention.applied'`);
  expect(rows).toEqual([{ told: 1 }]);
  expect(await readDisks(database.db)).toHaveLength(2);
  expect((await storageOf(database.db, ['fraud'])).get('fraud')).toMatchObject({ predictions: 0 });
  // A place of a release that is gone: the walk begins anew.
  expect((await activities().removeEnded({ place: { part: 'unknown', cursor: '7' } })).next?.part).toBe('models');
});
