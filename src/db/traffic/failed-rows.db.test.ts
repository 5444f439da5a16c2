import { afterAll, beforeAll, expect, test } from 'vitest';
import { createServingWorld, type ServingWorld } from '../../../tests/worlds/serving-world.ts';
import { labelRecord, predictionRecord } from '../../../tests/worlds/spool-records.ts';
import { noAnswer, type Answer, type SpoolRecord } from '../../domain/record/records.ts';
import { labelledPage, recentScoredRows } from './read/labelled-rows.ts';
import { recentScores } from './read/recent-scores.ts';

let world: ServingWorld;
beforeAll(async () => {
  world = await createServingWorld();
  await world.addVersion(1, [0.75, 0.25]);
});
afterAll(() => world.close());

const predictionOf = (predictionId: string, answer: Answer): SpoolRecord =>
  predictionRecord(predictionId, { answer, failed: answer === noAnswer });
const labelOf = (predictionId: string): SpoolRecord => labelRecord(`l-${predictionId}`, { predictionId });

test('a row without an answer is counted as failed and learnt from, and no score of it is judged', async () => {
  const answer = { scores: [0.75, 0.25], decision: 'fine' };
  const records = [predictionOf('good', answer), predictionOf('bad', noAnswer), labelOf('good'), labelOf('bad')];
  await world.sink.store({ segmentId: 's', processId: 'p', records });
  const { rows } = await world.database.pool.query("select rows, failed from counter where model = 'fraud'");
  expect(rows).toEqual([{ rows: 2, failed: 1 }]);
  const { db } = world.database;
  const range = { version: 1, throughWindow: 1, matureSeq: 2, afterSeq: 0, rowsMax: 10 };
  expect((await labelledPage(db, 'fraud', { afterSeq: 0, throughWindow: 1 })).map(({ scores }) => scores)).toEqual([
    [0.75, 0.25],
    [],
  ]);
  expect((await recentScoredRows(db, 'fraud', range)).map(({ scores }) => scores)).toEqual([[0.75, 0.25]]);
  expect((await recentScores(db, 'fraud', range)).map(({ scores }) => scores)).toEqual([[0.75, 0.25]]);
});
