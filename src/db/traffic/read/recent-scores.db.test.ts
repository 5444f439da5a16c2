import { afterAll, beforeAll, expect, test } from 'vitest';
import { createServingWorld, type ServingWorld } from '../../../../tests/worlds/serving-world.ts';
import { labelRecord, predictionRecord } from '../../../../tests/worlds/spool-records.ts';
import { prediction } from '../../schema/index.ts';
import { loggedAmounts } from '../../models/logged-amounts.ts';
import { recentScores } from './recent-scores.ts';

let world: ServingWorld;
const range = { version: 1, throughWindow: 1, matureSeq: 100, rowsMax: 100 };

beforeAll(async () => {
  world = await createServingWorld();
  await world.addVersion(1, [0.75, 0.25]);
  const rows: readonly [string, readonly number[]][] = [
    ['whole', [0.1 + 0.2, 1]],
    ['missing', [Number.NaN, Number.NaN]],
    ['infinite', [Infinity, 0]],
    ['tiny', [5e-324, -1.7976931348623157e308]],
    ['erased', []],
  ];
  const records = rows.flatMap(([id, numbers]) => [
    predictionRecord(id, { numbers, eventTimeMs: id === 'whole' ? 1_767_571_200_000 : null }),
    labelRecord(`of ${id}`, { predictionId: id }),
  ]);
  await world.sink.store({ segmentId: '1', processId: 'p', records });
});
afterAll(() => world.close());

test('numbers come as they were logged, to the last bit, with the revision that orders them', async () => {
  const rows = await recentScores(world.database.db, 'fraud', { ...range, hasNumbers: true });
  expect(rows.map(({ logged }) => logged?.numbers)).toEqual([
    [0.1 + 0.2, 1],
    [Number.NaN, Number.NaN],
    [Infinity, 0],
    [5e-324, -1.7976931348623157e308],
    [],
  ]);
  expect(rows.map(({ logged }) => logged?.specRevision)).toEqual([1, 1, 1, 1, 1]);
  const amounts = await loggedAmounts(
    world.database.db,
    'fraud',
    rows.flatMap(({ logged }) => logged ?? []),
  );
  expect([...amounts('amount')]).toEqual([0.1 + 0.2, Number.NaN, Infinity, 5e-324, Number.NaN]);
  expect([...amounts('gone')]).toEqual(new Array(5).fill(Number.NaN));
});

test('whoever asks for times is told when rows happened, and of those without a time that they have none', async () => {
  const rows = await recentScores(world.database.db, 'fraud', { ...range, hasTimes: true });
  expect(rows).toHaveLength(5);
  expect(rows.map(({ eventTimeMs }) => eventTimeMs)).toEqual([1_767_571_200_000, null, null, null, null]);
});

test('nobody who did not ask for them is given any', async () => {
  const rows = await recentScores(world.database.db, 'fraud', range);
  expect(rows).toHaveLength(5);
  for (const row of rows) for (const part of ['logged', 'eventTimeMs']) expect(row).not.toHaveProperty(part);
  expect(rows[0]).toMatchObject({ scores: [0.75, 0.25], rawScores: [0.75, 0.25], label: 'fine' });
});

test('where no row has a label there are none, with numbers or without', async () => {
  for (const hasNumbers of [true, false])
    expect(await recentScores(world.database.db, 'fraud', { ...range, version: 9, hasNumbers })).toEqual([]);
});

test('a cell that is null is missing, and no 0', async () => {
  await world.database.pool.query(`update prediction set numbers = array[null, 2]::float8[] where prediction_id = $1`, [
    'whole',
  ]);
  const [row] = await recentScores(world.database.db, 'fraud', { ...range, hasNumbers: true });
  expect(row?.logged?.numbers).toEqual([Number.NaN, 2]);
  expect(await world.database.db.select().from(prediction)).toHaveLength(5);
});
