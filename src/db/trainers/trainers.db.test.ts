import { randomUUID } from 'node:crypto';
import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../tests/worlds/database.ts';
import { createDatabase, type Database } from '../base/connect.ts';
import { run, token, trainerWorker, trainingAccess } from '../schema/index.ts';
import { findAccess, insertAccess } from './accesses.ts';
import { findFit, findShare, fitsLeftOver, fitsUnderWay, madeSoFar, putFit, putMade, removeFit } from './fits.ts';
import { noteWorker, workersMax, workersOfTokenMax, workersThere } from './workers.ts';

let place: TestDatabase;
let database: Database;
const tokenId = randomUUID();
beforeAll(async () => {
  place = await createTestDatabase();
  database = createDatabase(place.url, { isApp: true });
  await database.db.insert(token).values({
    tokenId,
    name: 'worker',
    secretHash: 'h'.repeat(64),
    role: 'trainer',
    scope: '*',
  });
  for (const [runId, status] of [
    ['train/a/1', 'running'],
    ['train/b/1', 'failed'],
  ] as const)
    await database.db.insert(run).values({ runId, model: runId.split('/')[1] ?? '', kind: 'train', status, input: {} });
});
afterAll(async () => {
  await database.close();
  await place.drop();
});

const hex = (digit: string): string => digit.repeat(64);
const fit = (runId: string) => ({
  runId,
  model: runId.split('/')[1] ?? '',
  queue: 'fits',
  trainer: 'tiny',
  tag: null,
  memoryGb: null,
  filesBytesMax: 1_000,
});
const file = (path: string, digit: string) => ({ path, digest: `sha256:${hex(digit)}`, bytes: 5 });

test('a training shares what it said last, and of its digests alone', async () => {
  await putFit(database, fit('train/a/1'), [file('candidate/spec.json', 'a')]);
  await putFit(database, fit('train/a/1'), [file('candidate/spec.json', 'b')]);
  await putFit(database, fit('train/b/1'), [file('candidate/spec.json', 'c')]);
  const find = (digit: string) => findShare(database.db, { runId: 'train/a/1', digest: hex(digit) });
  expect([await find('a'), await find('b'), await find('c')]).toEqual([null, { digest: hex('b'), bytes: 5 }, null]);
  expect(await findFit(database.db, 'train/a/1')).toMatchObject({ isRunning: true });
  expect(await findFit(database.db, 'train/b/1')).toMatchObject({ isRunning: false });
  expect(await findFit(database.db, 'train/nobody/1')).toBeNull();
  expect((await fitsUnderWay(database.db)).map(({ runId }) => runId)).toEqual(['train/a/1']);
  expect(await fitsLeftOver(database.db, 'b')).toEqual(['train/b/1']);
  expect(await fitsLeftOver(database.db, 'a')).toEqual([]);
});

test('what was made is counted once, however often it was sent', async () => {
  const max = { files: 3, bytes: 100 };
  expect(await putMade(database, 'train/a/1', { digest: hex('d'), bytes: 7 }, max)).toBe('put');
  expect(await putMade(database, 'train/a/1', { digest: hex('d'), bytes: 7 }, max)).toBe('put');
  expect(await madeSoFar(database.db, 'train/a/1')).toEqual({ files: 1, bytes: 7 });
  const made = { runId: 'train/a/1', digest: hex('b'), side: 'made' } as const;
  expect(await findShare(database.db, made)).toBeNull();
});

test('uploads that come at once are counted one after the other', async () => {
  const put = (digit: string, runId = 'train/a/1') =>
    putMade(database, runId, { digest: hex(digit), bytes: 40 }, { files: 3, bytes: 100 });
  expect((await Promise.all([put('1'), put('2'), put('3'), put('4')])).toSorted()).toEqual([
    'full',
    'full',
    'put',
    'put',
  ]);
  expect(await madeSoFar(database.db, 'train/a/1')).toEqual({ files: 3, bytes: 87 });
  expect(await put('1', 'train/nobody/1')).toBe('ended');
});

test('an access lives with its token and its time, and a training has so many at once', async () => {
  const insert = (secretHash: string, lifetimeMs = 60_000) =>
    insertAccess(database, { secretHash, runId: 'train/a/1', tokenId, lifetimeMs });
  await insert('old', -1);
  expect(await findAccess(database.db, 'old')).toMatchObject({ isLive: false });
  await insert('new');
  expect(await findAccess(database.db, 'new')).toEqual({ runId: 'train/a/1', isLive: true, isRunning: true });
  expect(await findAccess(database.db, 'old')).toBeNull();
  for (let i = 0; i < 30; i++) await insert(`many-${i}`, 120_000 + i);
  expect(await database.db.select().from(trainingAccess)).toHaveLength(20);
  expect(await findAccess(database.db, 'many-29')).toMatchObject({ isLive: true });
  await database.pool.query('update token set revoked_at = now()');
  expect(await findAccess(database.db, 'many-29')).toMatchObject({ isLive: false });
});

test('with its end, nothing of a training is shared', async () => {
  await removeFit(database, 'train/a/1');
  expect(await findFit(database.db, 'train/a/1')).toBeNull();
  expect(await findShare(database.db, { runId: 'train/a/1', digest: hex('b') })).toBeNull();
  expect(await database.db.select().from(trainingAccess)).toEqual([]);
  await removeFit(database, 'train/a/1');
});

test('a worker is there for a minute after its word, and one that comes back is there anew', async () => {
  const said = {
    tokenId,
    name: 'one',
    queue: 'fits',
    tags: ['a100'],
    memoryGb: 40,
    slots: 1,
    gpus: [],
    trainers: ['tiny'],
    package: 'a test',
    running: [],
  };
  expect(await noteWorker(database, said)).toBe('noted');
  expect(await noteWorker(database, { ...said, running: ['train/a/1'] })).toBe('noted');
  expect(await workersThere(database.db)).toMatchObject([{ name: 'one', running: ['train/a/1'], memoryGb: 40 }]);
  expect(await workersThere(database.db, 'others')).toEqual([]);
  await database.pool.query("update trainer_worker set seen_at = now() - interval '2 minutes', since = seen_at");
  expect(await workersThere(database.db)).toEqual([]);
  expect(await noteWorker(database, said)).toBe('noted');
  const [row] = await database.db.select().from(trainerWorker);
  expect(Date.now() - (row?.since.getTime() ?? 0)).toBeLessThan(60_000);
});

test('one token takes a part of the places, and what has gone of it makes room', async () => {
  const of = (tokenOf: string, name: string) => ({
    tokenId: tokenOf,
    name,
    queue: 'many',
    tags: [],
    memoryGb: null,
    slots: 1,
    gpus: [],
    trainers: ['tiny'],
    package: 'a test',
    running: [],
  });
  await database.db.delete(trainerWorker);
  const many = randomUUID();
  await database.db
    .insert(trainerWorker)
    .values(Array.from({ length: workersOfTokenMax }, (_, at) => of(many, `worker-${at}`)));
  expect(await noteWorker(database, of(many, 'worker-0'))).toBe('noted');
  expect(await noteWorker(database, of(many, 'one-more'))).toBe('full for the token');
  const other = randomUUID();
  expect(await noteWorker(database, of(other, 'one'))).toBe('noted');
  await database.db
    .insert(trainerWorker)
    .values(Array.from({ length: workersMax - workersOfTokenMax - 1 }, (_, at) => of(randomUUID(), `worker-${at}`)));
  expect(await noteWorker(database, of(other, 'two'))).toBe('full');
  await database.pool.query("update trainer_worker set seen_at = now() - interval '2 minutes' where token_id = $1", [
    many,
  ]);
  expect(await noteWorker(database, of(many, 'one-more'))).toBe('noted');
  const left = await database.db.select().from(trainerWorker).where(eq(trainerWorker.tokenId, many));
  expect(left.map(({ name }) => name)).toEqual(['one-more']);
});
