import { mkdtemp, rm, utimes } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { sql, type SQL } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createArtifactStore, type ArtifactStore } from '../../src/artifacts/artifact-store.ts';
import { createDatabase, type Database } from '../../src/db/base/connect.ts';
import { createTestDatabase, type TestDatabase } from '../../tests/worlds/database.ts';
import { collectArtifacts, unusedArtifacts, type CollectAsk } from './collect-artifacts.ts';

let place: TestDatabase;
let database: Database;
let root: string;
let store: ArtifactStore;
let ask: CollectAsk;
const hourMs = 3_600_000;

beforeAll(async () => {
  place = await createTestDatabase();
  database = createDatabase(place.url, { connectionsMax: 4, onIdleError: () => undefined });
  root = await mkdtemp(path.join(tmpdir(), 'perennial-collect-'));
  store = createArtifactStore(root);
  ask = { database, store, graceMs: 48 * hourMs };
});
afterAll(async () => {
  await database.close();
  await place.drop();
  await rm(root, { recursive: true, force: true });
});

const run = (query: SQL) => database.db.execute(query);
const collect = () => collectArtifacts(ask, null, () => false);

async function put(text: string, hoursOld: number): Promise<string> {
  const digest = await store.putBytes(text);
  await age(digest, hoursOld);
  return digest;
}

async function age(digest: string, hoursOld: number): Promise<void> {
  const at = new Date(Date.now() - hoursOld * hourMs);
  await utimes(await store.pathOf(digest), at, at);
}

/** As if two days had passed since the first mark. */
const passGrace = () => run(sql`update condemned_artifact set condemned_at = now() - interval '49 hours'`);

test('what some row keeps stays, whatever its age; the rest goes at the second mark after a grace', async () => {
  const kept = {
    model: await put('model', 900),
    profile: await put('profile', 900),
    file: await put('file of a snapshot', 900),
    routed: await put('correction that answers', 900),
    past: await put('correction of the past', 900),
    refused: await put('quarantine of a refused batch', 900),
    uploaded: await put('upload of an import', 900),
  };
  const given = await put('of a version whose files were given up', 900);
  const orphan = await put('orphan', 900);
  const young = await put('young', 1);
  const version = (
    number: number,
    model: string,
    removedAt: SQL | null,
  ) => sql`insert into version (model, version, run_id,
      status, spec_revision, model_digest, profile_digest, correction, snapshots, report, labelled_rows, gate_verdict,
      files_removed_at) values ('m', ${number}, ${`r${number}`}, 'released', 1, ${model}, ${kept.profile}, 'identity',
        '[]',
      '{}', 0, 'pass', ${removedAt})`;
  await run(version(1, given, sql`now()`));
  await run(version(2, kept.model, null));
  await run(sql`insert into snapshot (digest, model, spec_revision, kind, source_digest, rows, quarantined_rows,
    manifest)
    values ('s', 'm', 1, 'history', 'x', 1, 0, ${JSON.stringify({ files: [{ sha256: kept.file }] })}::jsonb)`);
  await run(sql`insert into routing (model, revision, entry)
    values ('m', 1, ${JSON.stringify({ champion: { correction: kept.routed } })}::jsonb)`);
  await run(sql`insert into evidence (model, kind, subject, verdict, body)
    values ('m', 'correction', 'x', 'take', ${JSON.stringify({ digest: kept.past })}::jsonb)`);
  await run(sql`insert into run (run_id, model, kind, status, input, detail, ended_at)
    values ('ingest/m/1', 'm', 'ingest', 'failed', '{}', ${`refused; see ${kept.refused}.`}, now())`);
  await run(sql`insert into command (command_id, model, kind, actor, body, body_hash, status)
    values (gen_random_uuid(), 'm', 'import', 'ann', ${JSON.stringify({ artifact: kept.uploaded })}::jsonb, 'x',
      'done')`);

  expect((await unusedArtifacts(ask)).map(({ digest }) => digest).toSorted()).toEqual([given, orphan].toSorted());
  await collect();
  await collect();
  expect([await store.has(given), await store.has(orphan)]).toEqual([true, true]);
  await passGrace();
  await collect();
  await collect();
  expect([await store.has(given), await store.has(orphan)]).toEqual([false, false]);
  for (const [name, digest] of Object.entries({ ...kept, young })) expect(await store.has(digest), name).toBe(true);
  const { rows } = await run(sql`select rows::int as rows, bytes::int as bytes from removal where what = 'artifacts'`);
  expect(rows).toEqual([{ rows: 2, bytes: 'of a version whose files were given up'.length + 'orphan'.length }]);
});

test('what is needed again in the grace stays, and so does what is put again', async () => {
  const named = await put('named again', 900);
  const uploaded = await put('put again', 900);
  await collect();
  await passGrace();
  await run(sql`insert into evidence (model, kind, subject, verdict, body)
    values ('m', 'correction', 'y', 'take', ${JSON.stringify({ digest: named })}::jsonb)`);
  await store.putBytes('put again');
  await collect();
  expect([await store.has(named), await store.has(uploaded)]).toEqual([true, true]);
  const { rows } = await run(sql`select digest from condemned_artifact`);
  expect(rows).toEqual([]);
});

test('what a run under way has stored is named by nobody yet, and stays however long it takes', async () => {
  const stored = await put('stored by a training', 100);
  await run(sql`insert into run (run_id, model, kind, status, input, started_at)
    values ('train/m/1', 'm', 'train', 'running', '{}', now() - interval '200 hours')`);
  await collect();
  await passGrace();
  await collect();
  expect(await store.has(stored)).toBe(true);
  await run(sql`update run set status = 'lost', ended_at = now() where run_id = 'train/m/1'`);
  await collect();
  await passGrace();
  await collect();
  expect(await store.has(stored)).toBe(false);
});
