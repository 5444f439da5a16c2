import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { asyncLocalStorage, type Context } from '@temporalio/activity';
import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ActivityDependencies } from '../../../activities/dependencies.ts';
import { findSourceActivities } from '../../../activities/ingest/find-source.ts';
import { ingestSourceActivities } from '../../../activities/ingest/ingest-source.ts';
import { createArtifactStore } from '../../../src/artifacts/artifact-store.ts';
import { sha256 } from '../../../src/artifacts/digest.ts';
import { createDatabase, type Database } from '../../../src/db/base/connect.ts';
import { lineageOf } from '../../../src/db/models/snapshots.ts';
import { storeSpec } from '../../../src/db/models/specs.ts';
import { run } from '../../../src/db/schema/runs.ts';
import type { SnapshotRef } from '../../../src/domain/record/runs.ts';
import { completeSpec } from '../../../src/domain/spec/default-spec.ts';
import type { Source, SourceBatch } from '../../../src/sources/port.ts';
import { createTestDatabase, type TestDatabase } from '../../worlds/database.ts';

let folder: string;
let place: TestDatabase;
let database: Database;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'perennial-ingest-'));
  place = await createTestDatabase();
  database = createDatabase(place.url);
});
afterAll(async () => {
  await database.close();
  await place.drop();
  await rm(folder, { recursive: true, force: true });
});

/** Batches that come one by one or at once; a source that is no file, and that no definition can name today. */
interface Batch {
  readonly covers: SourceBatch['covers'];
  readonly rows: number;
}

/** The activities over a source of these batches, run the way a worker runs them. */
function activitiesOver(batches: readonly Batch[]) {
  const store = createArtifactStore(path.join(folder, 'artifacts'));
  const digestAt = (count: number) => sha256(JSON.stringify(batches.slice(0, count)));
  const source: Source = {
    refuseForeign: async () => undefined,
    identify: async () => ({ digest: digestAt(batches.length), bytes: null }),
    async *open(from, into) {
      for (const [index, { covers, rows }] of batches.entries()) {
        if (index < Number(from ?? 0)) continue;
        const lines = Array.from({ length: rows }, (_, row) => `${row},${row},red,${row % 2 === 0 ? 'yes' : 'no'}`);
        const table = path.join(into, `batch-${index}`);
        await writeFile(table, `height,width,colour,y\n${lines.join('\n')}\n`);
        const sourceDigest = digestAt(index + 1);
        const next = String(index + 1);
        yield { name: `batch ${index}`, path: table, format: 'csv', rowsMax: null, covers, sourceDigest, next };
      }
    },
    lag: async (from) => ({ unread: batches.length - Number(from ?? 0), unit: 'records' }),
  };
  const deps = { database, store, workDir: folder, connectSource: () => source } as unknown as ActivityDependencies;
  const context = { heartbeat: () => undefined, info: { base64TaskToken: 'a task', attempt: 1 } } as unknown as Context;
  const inContext = <Answer>(work: () => Promise<Answer>): Promise<Answer> => asyncLocalStorage.run(context, work);
  const { findSource } = findSourceActivities(deps);
  const { ingestSource } = ingestSourceActivities(deps);
  return {
    find: (model: string) => inContext(() => findSource({ model, specRevision: 1 })),
    async ingest(model: string): Promise<SnapshotRef> {
      const { sourceDigest } = await this.find(model);
      const runId = `ingest/${model}/${sourceDigest}`;
      return inContext(() => ingestSource({ model, specRevision: 1, sourceDigest, runId }));
    },
  };
}

async function define(model: string): Promise<void> {
  const spec = completeSpec({
    name: model,
    about: { owner: 'o', useCase: 'u', successCriterion: 's' },
    features: [{ kind: 'number', name: 'height', missing: 'allow' }],
    target: { task: 'binary', column: 'y', positive: 'yes', negative: 'no', labelDelay: { rows: 10 } },
    source: { kind: 'file', path: '/nobody/reads/this.csv', format: 'csv' },
  });
  await storeSpec(database.db, spec, 'test');
}

const lineOf = async ({ digest }: SnapshotRef) =>
  (await lineageOf(database.db, [digest])).map(({ manifest }) => manifest.rows);

const detailOf = async (model: string) => {
  const runs = await database.db.select({ detail: run.detail }).from(run).where(eq(run.model, model));
  return runs.map(({ detail }) => detail);
};

test('the detail of a run says where the lines of the source went', async () => {
  await define('lines');
  await activitiesOver([{ covers: 'whole', rows: 30 }]).ingest('lines');
  expect(await detailOf('lines')).toEqual(['30 rows accepted, 0 quarantined; 31 lines: 1 header, 30 rows']);
});

test('a source that grows is read on from its newest snapshot, and its history is the whole line', async () => {
  await define('grows');
  const first = { covers: 'addition', rows: 30 } as const;
  const more = { covers: 'addition', rows: 12 } as const;
  expect((await activitiesOver([first]).find('grows')).snapshot).toBeNull();
  expect(await activitiesOver([first]).ingest('grows')).toMatchObject({ rows: 30 });
  const grown = activitiesOver([first, more, { covers: 'addition', rows: 5 }]);
  const newest = await grown.ingest('grows');
  expect(newest.rows).toBe(47);
  expect(await lineOf(newest)).toEqual([30, 12, 5]);
  // Found by what the source holds, whatever it took to read it; and reading on finds nothing more.
  expect((await grown.find('grows')).snapshot).toEqual(newest);
  expect(await grown.ingest('grows')).toEqual(newest);
});

test('a whole supersedes what was read before it', async () => {
  await define('replaced');
  await activitiesOver([{ covers: 'addition', rows: 30 }]).ingest('replaced');
  const replaced = activitiesOver([
    { covers: 'addition', rows: 30 },
    { covers: 'whole', rows: 40 },
    { covers: 'addition', rows: 2 },
  ]);
  const newest = await replaced.ingest('replaced');
  expect(await lineOf(newest)).toEqual([40, 2]);
});

test('a source that holds nothing at all is refused with one sentence', async () => {
  await define('empty');
  await expect(activitiesOver([]).ingest('empty')).rejects.toMatchObject({
    code: 'invalid_data',
    message: 'The source /nobody/reads/this.csv holds nothing to read.',
  });
});
