import { createHash } from 'node:crypto';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../tests/worlds/database.ts';
import { createArtifactStore, type ArtifactStore } from '../../artifacts/artifact-store.ts';
import { createDatabase, type Database } from '../../db/base/connect.ts';
import { run } from '../../db/schema/index.ts';
import { findShare, putFit } from '../../db/trainers/fits.ts';
import { takeFile } from './take-file.ts';

let place: TestDatabase;
let database: Database;
let folder: string;
let store: ArtifactStore;
beforeAll(async () => {
  place = await createTestDatabase();
  database = createDatabase(place.url);
  folder = await mkdtemp(path.join(tmpdir(), 'perennial-uploads-'));
  store = createArtifactStore(path.join(folder, 'artifacts'));
});
afterAll(async () => {
  await database.close();
  await place.drop();
  await rm(folder, { recursive: true, force: true });
});

const digestOf = (text: string): string => createHash('sha256').update(text).digest('hex');
const workDir = (): string => path.join(folder, 'work');

async function training(model: string): Promise<string> {
  const runId = `train/${model}/1`;
  await database.db.insert(run).values({ runId, model, kind: 'train', status: 'running', input: {} });
  const fit = { runId, model, queue: 'fits', trainer: 'tiny', tag: null, memoryGb: null, filesBytesMax: 10 };
  await putFit(database, fit, []);
  return runId;
}

const take = (runId: string, text: string, body: Readable = Readable.from([Buffer.from(text)])) =>
  takeFile({ database, store, workDir: workDir() }, { runId, digest: digestOf(text), declaredBytes: null }, body);

test('a file is taken by its digest, and other bytes or more of them leave nothing behind', async () => {
  const runId = await training('plain');
  expect(await take(runId, 'model')).toEqual({ digest: `sha256:${digestOf('model')}`, bytes: 5 });
  expect((await store.readBytes(digestOf('model'))).toString()).toBe('model');
  await expect(take(runId, 'model', Readable.from([Buffer.from('other')]))).rejects.toMatchObject({
    code: 'invalid_data',
  });
  await expect(take(runId, 'more than ten bytes')).rejects.toMatchObject({ code: 'too_large' });
  expect(await findShare(database.db, { runId, digest: digestOf('other') })).toBeNull();
  expect(await readdir(workDir())).toEqual([]);
});

test('a training has two uploads under way, and keeps no other one waiting', async () => {
  const [mine, other] = [await training('mine'), await training('other')];
  const bodies = [new PassThrough(), new PassThrough()] as const;
  const slow = [take(mine, 'one', bodies[0]), take(mine, 'two', bodies[1])];
  await expect(take(mine, 'three')).rejects.toMatchObject({ code: 'overloaded', retryable: true });
  expect(await take(other, 'three')).toMatchObject({ bytes: 5 });
  bodies[0].end('one');
  bodies[1].end('two');
  expect(await Promise.all(slow)).toMatchObject([{ bytes: 3 }, { bytes: 3 }]);
  expect(await take(mine, 'three')).toMatchObject({ bytes: 5 });
});

test('a training that has ended takes nothing', async () => {
  const runId = await training('ended');
  await database.pool.query(`update run set status = 'failed' where run_id = $1`, [runId]);
  await expect(take(runId, 'model')).rejects.toMatchObject({ code: 'forbidden' });
});
