import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../../tests/worlds/database.ts';
import { createDatabase, withTransaction, type Database } from '../../base/connect.ts';
import { emptySlice } from '../../../domain/watch/slices/slice-counts.ts';
import { countersOf, earlierCountersOf } from '../../watching/windows.ts';
import type { CounterDelta } from './count-segment.ts';
import { mergeCounters } from './merge-counters.ts';

let place: TestDatabase;
let database: Database;
beforeAll(async () => {
  place = await createTestDatabase();
  database = createDatabase(place.url);
});
afterAll(async () => {
  await database.close();
  await place.drop();
});

const delta = (window: number, cells: number[][], phases: number[] | null): CounterDelta => ({
  window,
  version: 1,
  arm: 'champion',
  routingRevision: 1,
  failed: 0,
  slow: 0,
  latencySumUs: 5,
  latencyMaxUs: 5,
  rows: 4,
  cells,
  phases,
  slices: {},
});
const merged = async (window: number, deltas: readonly CounterDelta[]) => {
  for (const one of deltas)
    // oxlint-disable-next-line no-await-in-loop -- segments come one after the other
    await withTransaction(database, (_, client) => mergeCounters(client, 'm', [one]));
  const [row] = await countersOf(database.db, 'm', window);
  return { rows: row?.rows, cells: row?.cells, phases: row?.phases };
};

test('rows by phase add up with the cells; once a segment was counted without them, there are none', async () => {
  expect(await merged(1, [delta(1, [[1, 2]], [1, 2, 1]), delta(1, [[3, 1]], [4, 0, 0])])).toEqual({
    rows: 8,
    cells: [[4, 3]],
    phases: [5, 2, 1],
  });
  expect((await merged(2, [delta(2, [[1, 2]], [1, 2, 1]), delta(2, [[4, 0]], null)])).phases).toBeNull();
  expect((await merged(3, [delta(3, [[4, 0]], null), delta(3, [[1, 2]], [1, 2, 1])])).phases).toBeNull();
});

test('rows by slice add up by their keys, the slowest answer apart; a counter without any has none', async () => {
  const abroad = (rows: number, latencyMaxUs: number) => ({
    ...emptySlice(),
    rows,
    latencyMaxUs,
    answered: rows,
    decisions: { fraud: 1 },
  });
  await merged(4, [
    { ...delta(4, [], null), slices: { abroad: abroad(2, 9) } },
    delta(4, [], null),
    { ...delta(4, [], null), slices: { abroad: abroad(3, 5), night: abroad(1, 1) } },
  ]);
  const [row] = await countersOf(database.db, 'm', 4);
  expect(row?.slices).toEqual({ abroad: { ...abroad(5, 9), decisions: { fraud: 2 } }, night: abroad(1, 1) });
  await merged(5, [delta(5, [], null)]);
  expect((await countersOf(database.db, 'm', 5))[0]?.slices).toBeNull();
});

test('what an A/B test answered is judged by its own errors, and never with a window', async () => {
  const one = delta(6, [], null);
  await merged(6, [one, { ...one, arm: 'ab-test' }]);
  expect((await countersOf(database.db, 'm', 6)).map(({ arm }) => arm)).toEqual(['champion']);
  const earlier = await earlierCountersOf(database.db, { model: 'm', version: 1, number: 7 }, 1);
  expect(earlier.map(({ arm }) => arm)).toEqual(['champion']);
});
