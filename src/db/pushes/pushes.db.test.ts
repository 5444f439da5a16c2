import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openTestDatabase } from '../../../tests/worlds/opened-database.ts';
import { createArtifactStore, type ArtifactStore } from '../../artifacts/artifact-store.ts';
import type { PushedRequest } from '../../serving/ports.ts';
import { pushDriver } from '../../sources/push/push-driver.ts';
import { rowsBehind } from '../../sources/push/rows-behind.ts';
import { markedArtifacts } from '../retention/artifact-roots.ts';
import { joinPushed } from './join-pushed.ts';
import { findPush } from './push-keys.ts';
import { pushedRowsOf } from './read-pushed.ts';
import { createPushSink } from './store-pushes.ts';

const { database } = await openTestDatabase();
const { db, pool } = database;
const sink = createPushSink(database);
let folder: string;
let store: ArtifactStore;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pushed-'));
  store = createArtifactStore(join(folder, 'artifacts'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

function request(key: string, ids: readonly number[], text = ''): PushedRequest {
  return {
    keyHash: key,
    bodyDigest: `of ${ids.join()}`,
    answer: { specRevision: 1, rows: ids.length, setAside: [] },
    receivedAtMs: Date.now() - 7_200_000,
    rows: ids.length,
    lines: Buffer.from(ids.map((id) => `${JSON.stringify({ id, text })}\n`).join('')),
  };
}

async function idsBehind(model: string, after: number, through = Infinity): Promise<readonly number[]> {
  const ids: number[] = [];
  for await (const batch of rowsBehind(pushedRowsOf(db, store, model), { after, through })) {
    const lines = batch.lines.toString().trimEnd().split('\n');
    expect(lines).toHaveLength(batch.lastRow - batch.firstRow + 1);
    ids.push(...lines.map((line) => Number(JSON.parse(line).id)));
  }
  return ids;
}

test('a request is stored once, its answer is found by its key, other rows under its key are not taken', async () => {
  expect(await sink.store('once', [request('a', [1, 2]), request('b', [3])])).toEqual(['stored', 'stored']);
  expect(await sink.store('once', [request('a', [1, 2]), request('c', [4]), request('b', [9])])).toEqual([
    'already',
    'stored',
    'conflict',
  ]);
  expect(await idsBehind('once', 0)).toEqual([1, 2, 3, 4]);
  expect(await pushedRowsOf(db, store, 'once').head()).toMatchObject({ lastRow: 4 });
  expect(await findPush(db, 'once', 'b')).toMatchObject({ bodyDigest: 'of 3', answer: { rows: 1 } });
  expect(await findPush(db, 'other', 'b')).toBeNull();
});

test('those who store at once get places without a gap, and a reader never passes one that commits late', async () => {
  const seen: number[] = [];
  let isDone = false;
  const reading = (async () => {
    while (!isDone || seen.length < 60) seen.push(...(await idsBehind('many', seen.length)));
  })();
  await Promise.all(
    Array.from({ length: 6 }, async (_, one) => {
      for (let each = 0; each < 10; each++) await sink.store('many', [request(`${one}-${each}`, [one * 10 + each])]);
    }),
  );
  isDone = true;
  await reading;
  expect(seen.toSorted((left, right) => left - right)).toEqual(Array.from({ length: 60 }, (_, id) => id));
});

test('batches are joined into files under the same places, however often and by however many', async () => {
  for (let id = 1; id <= 40; id++) await sink.store('joined', [request(`${id}`, [id])]);
  while (await joinPushed(database, store, 'joined'));
  const places = async () =>
    (
      await pool.query(
        `select last_row::int as last, rows, digest is not null as filed from pushed_batch
          where model = 'joined' order by last_row`,
      )
    ).rows;
  expect(await places()).toEqual([{ last: 40, rows: 40, filed: true }]);
  for (let id = 41; id <= 50; id++) await sink.store('joined', [request(`${id}`, [id])]);
  await Promise.all([1, 2, 3].map(() => joinPushed(database, store, 'joined')));
  while (await joinPushed(database, store, 'joined'));
  expect(await places(), 'the small file at the end was taken up again').toEqual([{ last: 50, rows: 50, filed: true }]);
  const ids = Array.from({ length: 50 }, (_, at) => at + 1);
  for (const after of [0, 1, 7, 39, 40, 49, 50]) expect(await idsBehind('joined', after)).toEqual(ids.slice(after));
  expect(await idsBehind('joined', 7, 12)).toEqual([8, 9, 10, 11, 12]);
  const { rows } = await pool.query<{ digest: string }>(`select digest from pushed_batch where model = 'joined'`);
  expect((await markedArtifacts(db)).has(rows[0]?.digest ?? '')).toBe(true);
});

test('a file that is full stays as it is, and young rows stay in the table', async () => {
  const large = 'x'.repeat(6 * 1_048_576);
  for (let id = 1; id <= 4; id++) await sink.store('large', [request(`${id}`, [id], large)]);
  await sink.store('large', [{ ...request('young', [5]), receivedAtMs: Date.now() - 1_000 }]);
  while (await joinPushed(database, store, 'large'));
  const { rows } = await pool.query(
    `select last_row::int as last, rows, digest is null as loose from pushed_batch where model = 'large'
      order by last_row`,
  );
  expect(rows).toEqual([
    { last: 2, rows: 2, loose: false },
    { last: 4, rows: 2, loose: false },
    { last: 5, rows: 1, loose: true },
  ]);
  expect(await idsBehind('large', 1)).toEqual([2, 3, 4, 5]);
});

test('the source counts what is unread, says what it read, and tells when nothing comes', async () => {
  await sink.store('read', [request('a', [1, 2, 3])]);
  await pool.query(`update push_stream set received_at = now() - interval '2 hours' where model = 'read'`);
  const place = { roots: [], pushed: pushedRowsOf(db, store, 'read') };
  const source = pushDriver.connect({ kind: 'push', freshMs: 3_600_000, batchRows: 2 }, place);
  expect(await source.lag('1')).toMatchObject({ unread: 2, unit: 'rows', stale: { freshMs: 3_600_000 } });
  const batches = [];
  for await (const batch of source.open(null, join(folder, 'read'))) batches.push(batch);
  expect(batches.map(({ next, covers, format, name }) => [next, covers, format, name])).toEqual([
    ['2', 'addition', 'ndjson', '2 pushed rows from row 1 on'],
    ['3', 'addition', 'ndjson', '1 pushed row from row 3 on'],
  ]);
  expect(batches.at(-1)?.sourceDigest).toBe((await source.identify('3')).digest);
  expect((await source.identify('1')).digest).toBe((await source.identify('3')).digest);
  expect(pushDriver.sayCursor?.({ kind: 'push' }, '1234')).toBe('row 1,234');
  await expect(source.lag('4')).rejects.toMatchObject({
    message: 'Row 4 was read and only 3 pushed rows are stored.',
  });
});

test('before the first row it holds nothing, and nobody says that nothing comes', async () => {
  const place = { roots: [], pushed: pushedRowsOf(db, store, 'empty') };
  const source = pushDriver.connect({ kind: 'push', freshMs: 3_600_000 }, place);
  expect(await source.lag(null)).toEqual({ unread: 0, unit: 'rows' });
  expect(await source.sample?.(10, folder)).toBeNull();
});
