import { afterAll, beforeAll, expect, test } from 'vitest';
import type { SpoolRecord } from '../../../domain/record/records.ts';
import { createServingWorld, type ServingWorld } from '../../../../tests/worlds/serving-world.ts';
import { labelRecord, predictionRecord, proxyRecord } from '../../../../tests/worlds/spool-records.ts';
import { removeOfModel } from '../../retention/remove-of-model.ts';
import { proxiedRows, proxyValues } from '../read/proxies.ts';

let world: ServingWorld;
let segments = 0;
beforeAll(async () => {
  world = await createServingWorld();
  await world.addVersion(1, [0.75, 0.25]);
});
afterAll(() => world.close());

const store = (...records: SpoolRecord[]) => world.sink.store({ segmentId: `s${++segments}`, processId: 'p', records });
const kept = async () =>
  (
    await world.database.pool.query<{ id: string; seq: number | null; value: number }>(
      'select prediction_id as id, prediction_seq::int as seq, value from proxy order by 1',
    )
  ).rows;
const valuesThrough = (throughWindow: number) =>
  proxyValues(world.database.db, 'fraud', 'call', { firstSeq: 1, lastSeq: 100, throughWindow, rowsMax: 10 });

test('one value for each proxy of a prediction: the one received last, in whatever order, once', async () => {
  await store(predictionRecord('a'), proxyRecord('a', 1), proxyRecord('a', 2, { receivedAtMs: 1_777_000_000_001 }));
  await store(proxyRecord('a', 1));
  await store(proxyRecord('a', 2, { receivedAtMs: 1_777_000_000_001 }));
  expect(await kept()).toEqual([{ id: 'a', seq: 1, value: 2 }]);
  await store(proxyRecord('a', 3, { receivedAtMs: 1_777_000_000_002 }));
  expect(await kept()).toEqual([{ id: 'a', seq: 1, value: 3 }]);
  expect(await valuesThrough(1)).toEqual([3]);
});

test('a value that comes before its prediction waits for it, and one of nobody is never read', async () => {
  await store(proxyRecord('b', 5), proxyRecord('nobody', 7));
  expect(await valuesThrough(1)).toEqual([3]);
  await store(predictionRecord('b'));
  expect(await kept()).toEqual([
    { id: 'a', seq: 1, value: 3 },
    { id: 'b', seq: 2, value: 5 },
    { id: 'nobody', seq: null, value: 7 },
  ]);
  expect(await valuesThrough(1)).toEqual([3, 5]);
});

test('read beside labels, as known by a window; a row that failed says nothing', async () => {
  await store(
    predictionRecord('c', { failed: true, answer: { scores: [], decision: null } }),
    proxyRecord('c', 1),
    labelRecord('l-a', { predictionId: 'a', label: 'fraud' }),
    labelRecord('l-c', { predictionId: 'c' }),
  );
  const rowsOf = (matureSeq: number, throughWindow: number) =>
    proxiedRows(world.database.db, 'fraud', 'call', { matureSeq, throughWindow, rowsMax: 10 });
  expect(await rowsOf(100, 1)).toEqual([
    { value: 3, scores: [0.75, 0.25], label: 'fraud', entity: expect.any(String) },
  ]);
  expect(await rowsOf(100, 0)).toEqual([]);
  expect(await rowsOf(0, 1)).toEqual([]);
});

test('they end with the labels of the model', async () => {
  const { pool } = world.database;
  await pool.query(
    `update spec_revision set spec = jsonb_set(spec, '{retention,labels}', '{"ms": 86400000}');
     insert into "window" (model, number, rows, first_seq, last_seq, opened_at, closed_at, judged_at,
       decided_at) values
       ('fraud', 1, 3, 1, 3, now() - interval '9 days', now() - interval '8 days', now(), now())`,
  );
  await store(predictionRecord('d'), proxyRecord('d', 1));
  await removeOfModel(world.database, 'fraud', 1_000);
  expect((await kept()).map(({ id }) => id)).toEqual(['d']);
});
