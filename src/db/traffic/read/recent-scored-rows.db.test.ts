import { afterAll, beforeAll, expect, test } from 'vitest';
import { createServingWorld, type ServingWorld } from '../../../../tests/worlds/serving-world.ts';
import { labelRecord, predictionRecord } from '../../../../tests/worlds/spool-records.ts';
import { recentScoredRows } from './labelled-rows.ts';

let world: ServingWorld;
beforeAll(async () => {
  world = await createServingWorld();
  await world.addVersion(1, [0.75, 0.25]);
});
afterAll(() => world.close());

test('rows above a position with the label that came last, also when it came before its prediction', async () => {
  const segment = (segmentId: string, records: Parameters<typeof world.sink.store>[0]['records']) =>
    world.sink.store({ segmentId, processId: 'p', records });
  await segment('1', [predictionRecord('old'), labelRecord('of-old', { predictionId: 'old' })]);
  await segment('2', [labelRecord('early', { predictionId: 'next', label: 'fraud' })]);
  await segment('3', [predictionRecord('next'), predictionRecord('waits'), predictionRecord('last')]);
  await segment('4', [labelRecord('first', { predictionId: 'last' })]);
  await segment('5', [labelRecord('again', { predictionId: 'last', label: 'fraud', receivedAtMs: 1_777_000_001_000 })]);
  const recent = async (afterSeq: number, rowsMax: number, matureSeq = 4) => {
    const range = { version: 1, throughWindow: 1, matureSeq, afterSeq, rowsMax };
    return (await recentScoredRows(world.database.db, 'fraud', range, null)).map(({ seq, label }) => [seq, label]);
  };
  expect(await recent(1, 10)).toEqual([
    [2, 'fraud'],
    [4, 'fraud'],
  ]);
  expect(await recent(0, 10)).toHaveLength(3);
  expect(await recent(0, 1)).toEqual([[4, 'fraud']]);
  expect(await recent(0, 1, 3), 'of the mature rows').toEqual([[2, 'fraud']]);
});
