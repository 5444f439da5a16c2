import { afterAll, beforeAll, expect, test } from 'vitest';
import { createServingWorld, type ServingWorld } from '../../worlds/serving-world.ts';
import { labelRecord, predictionRecord } from '../../worlds/spool-records.ts';
import { readAnswers } from '../../../bench/paired/read-answers.ts';

let world: ServingWorld;
beforeAll(async () => {
  world = await createServingWorld();
});
afterAll(() => world.close());

test('every answer is read in the order of the traffic, with the label that came last', async () => {
  const [rows, labelled] = [10_003, 4];
  const id = (at: number): string => `row-${rows - at}`;
  const predictions = Array.from({ length: rows }, (_, at) => predictionRecord(id(at)));
  const labels = Array.from({ length: labelled }, (_, at) => labelRecord(`l-${at}`, { predictionId: id(at) }));
  const corrected = labelRecord('again', { predictionId: id(1), label: 'fraud', receivedAtMs: 1_777_000_000_500 });
  await world.sink.store({ segmentId: 's-1', processId: 'p', records: predictions });
  await world.sink.store({ segmentId: 's-2', processId: 'p', records: [...labels, corrected] });
  const answers = await readAnswers(world.database, 'a folder', null);
  expect(answers).toMatchObject({ of: 'a folder', model: 'fraud', target: { task: 'binary' } });
  expect(answers.rows.map((row) => row.predictionId)).toEqual(predictions.map((_, at) => id(at)));
  expect(answers.rows.slice(0, labelled + 1).map(({ label }) => label)).toEqual([
    'fine',
    'fraud',
    'fine',
    'fine',
    null,
  ]);
  expect(answers.rows[0]).toEqual({
    predictionId: id(0),
    version: 1,
    scores: [0.75, 0.25],
    decision: 'fine',
    label: 'fine',
  });
});

test('a model that is not there is refused', async () => {
  await expect(readAnswers(world.database, 'a folder', 'other')).rejects.toThrow('a folder holds no model "other".');
});
