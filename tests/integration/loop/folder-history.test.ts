import { mkdir, mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { asyncLocalStorage, type Context } from '@temporalio/activity';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ActivityDependencies } from '../../../activities/dependencies.ts';
import { findSourceActivities } from '../../../activities/ingest/find-source.ts';
import { ingestSourceActivities } from '../../../activities/ingest/ingest-source.ts';
import { createArtifactStore } from '../../../src/artifacts/artifact-store.ts';
import { withDuck } from '../../../src/data/duck/connect.ts';
import { literal } from '../../../src/data/duck/sql.ts';
import { combineSnapshots } from '../../../src/data/traffic/combine-snapshots.ts';
import { createDatabase, type Database } from '../../../src/db/base/connect.ts';
import { referencedArtifacts } from '../../../src/db/installation/backup-tables.ts';
import { lineageOf } from '../../../src/db/models/snapshots.ts';
import { storeSpec } from '../../../src/db/models/specs.ts';
import { markedArtifacts } from '../../../src/db/retention/artifact-roots.ts';
import type { SnapshotRef } from '../../../src/domain/record/runs.ts';
import { completeSpec } from '../../../src/domain/spec/default-spec.ts';
import { connectSource } from '../../../src/sources/registry.ts';
import { createTestDatabase, type TestDatabase } from '../../worlds/database.ts';

const model = 'shop';
let folder: string;
let days: string;
let place: TestDatabase;
let database: Database;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'perennial-folder-'));
  days = path.join(folder, 'days');
  await mkdir(days);
  place = await createTestDatabase();
  database = createDatabase(place.url);
  const spec = completeSpec({
    name: model,
    about: { owner: 'o', useCase: 'u', successCriterion: 's' },
    features: [{ kind: 'number', name: 'height', missing: 'allow' }],
    target: { task: 'binary', column: 'y', positive: 'yes', negative: 'no', labelDelay: { rows: 10 } },
    source: { kind: 'folder', path: 'days', format: 'csv' },
  });
  await storeSpec(database.db, spec, 'test');
});
afterAll(async () => {
  await database.close();
  await place.drop();
  await rm(folder, { recursive: true, force: true });
});

const store = () => createArtifactStore(path.join(folder, 'artifacts'));

/** Finds the source and ingests it, as a training does, by the registry's own driver. */
async function ingest(): Promise<SnapshotRef> {
  const deps = {
    database,
    store: store(),
    workDir: path.join(folder, 'work'),
    connectSource: (spec: Parameters<typeof connectSource>[0]) =>
      connectSource(spec, { roots: [folder], store: store() }),
  } as unknown as ActivityDependencies;
  const context = { heartbeat: () => undefined, info: { base64TaskToken: 'a task', attempt: 1 } } as unknown as Context;
  return asyncLocalStorage.run(context, async () => {
    const found = await findSourceActivities(deps).findSource({ model, specRevision: 1 });
    if (found.snapshot !== null) return found.snapshot;
    const runId = `ingest/${model}/${found.sourceDigest}`;
    return ingestSourceActivities(deps).ingestSource({ model, specRevision: 1, runId, ...found });
  });
}

let writtenAtS = Date.now() / 1_000 - 3_600;
async function put(name: string, heights: readonly number[]): Promise<void> {
  const lines = heights.map((height) => `${height},${height % 2 === 0 ? 'yes' : 'no'}`);
  const text = `height,y\n${lines.join('\n')}\n`;
  await writeFile(path.join(days, name), name.endsWith('.gz') ? gzipSync(text) : text);
  await utimes(path.join(days, name), ++writtenAtS, writtenAtS);
}

async function heightsOf({ digest }: SnapshotRef): Promise<unknown[]> {
  const line = (await lineageOf(database.db, [digest])).map(({ manifest }) => manifest);
  const { paths } = await combineSnapshots(store(), line, folder);
  const list = paths.map(literal).join(', ');
  return withDuck({}, async (duck) =>
    (await duck.rows(`SELECT height FROM read_parquet([${list}]) ORDER BY _order`)).map((row) => row['height']),
  );
}

const counted = async () =>
  (await database.pool.query<{ rows: number }>('select rows::int as rows from snapshot order by created_at')).rows;
const alerts = async () =>
  (
    await database.pool.query<{ body: string; severity: string; is_open: boolean }>(
      `select body, severity, closed_at is null as is_open from alert where kind = 'source-objects'`,
    )
  ).rows;

test('the history of a folder grows by what comes, and a training set holds all of it', async () => {
  await put('2024-01-01.csv', [1, 2]);
  await put('2024-01-02.csv', [3, 4, 5]);
  const first = await ingest();
  expect(await counted()).toEqual([{ rows: 2 }, { rows: 3 }]);
  expect(await heightsOf(first)).toEqual([1, 2, 3, 4, 5]);
  expect(await ingest(), 'nothing came').toEqual(first);

  await put('2024-01-03.csv.gz', [6]);
  const second = await ingest();
  expect(await counted(), 'the third file alone was read').toEqual([{ rows: 2 }, { rows: 3 }, { rows: 1 }]);
  expect(await heightsOf(second)).toEqual([1, 2, 3, 4, 5, 6]);
  expect(await alerts()).toEqual([]);
});

test('an object that is written again is told once and not read, and the alert ends when it is as it was', async () => {
  const before = await ingest();
  await put('2024-01-02.csv', [30, 40, 50]);
  expect(await ingest(), 'its old rows stay').toEqual(before);
  expect(await alerts()).toMatchObject([{ severity: 'warning', is_open: true }]);
  const [alert] = await alerts();
  expect(alert?.body).toContain(`Written again since it was taken: ${path.join(days, '2024-01-02.csv')}. Rows stay`);
  await put('2024-01-02.csv', [3, 4, 5]);
  expect(await ingest()).toEqual(before);
  expect(await alerts()).toMatchObject([{ is_open: false }]);
});

test('what a cursor names is kept by the sweep, and asked for by a back-up, as long as its snapshot is', async () => {
  const { digest } = await ingest();
  const line = await lineageOf(database.db, [digest]);
  const cursor: { readonly segments: readonly { readonly sha256: string }[] } = JSON.parse(
    line.at(-1)?.manifest.cursor ?? '{}',
  );
  expect(cursor.segments).toHaveLength(3);
  const marked = await markedArtifacts(database.db);
  const client = await database.pool.connect();
  const needed = await referencedArtifacts(client).finally(() => client.release());
  for (const { sha256 } of cursor.segments) expect([marked.has(sha256), needed.includes(sha256)]).toEqual([true, true]);
});
