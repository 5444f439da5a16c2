import { afterAll, beforeAll, expect, test } from 'vitest';
import { statusOf } from '../../src/db/views/views-status.ts';
import { setWatchShards } from '../../src/db/watching/watch-layout.ts';
import { createServingWorld, type ServingWorld } from '../../tests/worlds/serving-world.ts';
import { labelRecord, predictionRecord } from '../../tests/worlds/spool-records.ts';
import { judgeAll } from '../../tests/worlds/judge-all.ts';

let world: ServingWorld;
let sent = 0;

beforeAll(async () => {
  world = await createServingWorld();
  await world.route({ champion: await world.addVersion(1, [0.75, 0.25]), stage: 'steady' });
  await setWatchShards(world.database, 1);
});
afterAll(() => world.close());

async function declare(criterion: unknown): Promise<void> {
  await world.database.pool.query(
    `update spec_revision set spec = jsonb_set(spec, '{about,successCriterion}', $1::jsonb)`,
    [JSON.stringify(criterion)],
  );
}

/** Answers that say fine, each with the label that came. */
async function answer(labels: readonly ('fine' | 'fraud')[]): Promise<void> {
  const rows = labels.map((label) => ({ id: `p${sent++}`, label }));
  await world.sink.store({
    segmentId: `s${sent}`,
    processId: 'p',
    records: [
      ...rows.map(({ id }) => predictionRecord(id, { version: 1, answer: { scores: [0.75, 0.25], decision: 'fine' } })),
      ...rows.map(({ id, label }) => labelRecord(`l-${id}`, { predictionId: id, label })),
    ],
  });
}

async function judge(): Promise<Record<string, unknown> | undefined> {
  await judgeAll({ database: world.database, store: world.artifacts });
  const { rows } = await world.database.pool.query<{ body: Record<string, unknown> }>(
    `select body from evidence where kind = 'window' order by evidence_id desc limit 1`,
  );
  return rows[0]?.body;
}

const status = () => statusOf(world.database.db, 'fraud');

test('words are not judged, and leave no trace; a metric is, in evidence and status, until it is missed', async () => {
  await answer(Array.from({ length: 40 }, (_, row) => (row % 10 === 0 ? 'fraud' : 'fine')));
  const plain = await judge();
  expect(plain).toBeDefined();
  expect(plain).not.toHaveProperty('success');
  expect((await status()).success).toBeNull();

  await declare({ metric: 'accuracy', atLeast: 0.6, windowRows: 40 });
  await answer(Array.from({ length: 40 }, (_, row) => (row % 10 === 0 ? 'fraud' : 'fine')));
  expect((await judge())?.['success']).toMatchObject({ verdict: 'met', rows: 40, labelledRows: 40 });
  expect((await status()).success).toMatchObject({
    verdict: 'met',
    value: 0.9,
    text: expect.stringMatching(/^Accuracy is 0\.9 on 40 labelled rows .*; at least 0\.6 is a success: met\.$/),
  });

  await answer(Array.from({ length: 60 }, () => 'fraud'));
  expect((await judge())?.['success']).toMatchObject({ verdict: 'not-met' });
  expect((await status()).success?.verdict).toBe('not-met');
});

test('the latest rows are as many as declared, whatever was erased among them', async () => {
  await declare({ metric: 'accuracy', atLeast: 0.6, windowRows: 40 });
  await answer(Array.from({ length: 60 }, () => 'fine'));
  // An erasure takes rows with their labels.
  const erased = `(select prediction_id from prediction where model = 'fraud' order by seq desc offset 10 limit 20)`;
  await world.database.pool.query(`delete from label where model = 'fraud' and prediction_id in ${erased}`);
  await world.database.pool.query(`delete from prediction where model = 'fraud' and prediction_id in ${erased}`);
  expect((await judge())?.['success']).toMatchObject({ rows: 40, labelledRows: 40 });
});
