import { and, eq } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { labelledPage } from '../../../src/db/traffic/read/labelled-rows.ts';
import { closeDueWindows } from '../../../src/db/traffic/store/close-windows.ts';
import { counter, prediction, specRevision } from '../../../src/db/schema/index.ts';
import { answerByRules } from '../../../src/sdk/declare/fallback.ts';
import { until } from '../../worlds/wait.ts';
import { createServingWorld, type ServingWorld } from '../../worlds/serving-world.ts';

/** A real database and a real inference process in this process; no version answers at first. */
let world: ServingWorld;

beforeAll(async () => {
  world = await createServingWorld();
  const fallback = answerByRules(
    [
      { when: { feature: 'amount', op: '>=', value: 1_000 }, answer: 0.9 },
      { when: { feature: 'merchant', op: '=', value: 'casino' }, answer: 'fraud' },
    ],
    'fine',
  );
  await world.database.db
    .update(specRevision)
    .set({ spec: { ...world.spec, fallback } })
    .where(eq(specRevision.model, 'fraud'));
  await world.serve();
});

afterAll(() => world.close());

const ask = (rows: readonly object[], ids: readonly string[]) =>
  world.request('/v1/models/fraud/predict', { rows, predictionIds: ids });
const stored = async (id: string) =>
  (
    await world.database.db
      .select()
      .from(prediction)
      .where(and(eq(prediction.model, 'fraud'), eq(prediction.predictionId, id)))
  )[0];

test('without a champion the declared rules answer, marked, as version 0, and their labels join', async () => {
  const { status, body } = await ask(
    [{ amount: 5 }, { amount: 2_000 }, { amount: 5, merchant: 'casino' }],
    ['a', 'b', 'c'],
  );
  expect(status).toBe(200);
  expect(body.predictions).toEqual([
    { predictionId: 'a', version: null, arm: 'fallback', label: 'fine', probabilities: { fine: 1, fraud: 0 } },
    {
      predictionId: 'b',
      version: null,
      arm: 'fallback',
      label: 'fraud',
      probabilities: { fine: 1 - 0.9, fraud: 0.9 },
    },
    { predictionId: 'c', version: null, arm: 'fallback', label: 'fraud', probabilities: { fine: 0, fraud: 1 } },
  ]);
  await world.request('/v1/labels', {
    model: 'fraud',
    labels: [{ labelId: 'l', predictionId: 'b', label: 'fraud' }],
  });
  await world.ship();
  expect(await stored('b')).toMatchObject({
    version: 0,
    arm: 'fallback',
    failed: false,
    numbers: [2_000, Number.NaN],
    decision: 'fraud',
  });
  // A later training finds the row with its inputs and its label.
  await closeDueWindows(world.database, { shard: 0, shards: 1 }, expect.unreachable, Date.now());
  expect(await labelledPage(world.database.db, 'fraud', { afterSeq: 0, throughWindow: 1 })).toMatchObject([
    { version: 0, label: 'fraud' },
  ]);
  const counters = await world.database.db.select().from(counter).where(eq(counter.model, 'fraud'));
  expect(counters).toMatchObject([{ version: 0, arm: 'fallback', rows: 3, cells: [] }]);
});

test('a row that the model would refuse is refused by its fallback too', async () => {
  const { status, body } = await ask([{ merchant: 'a' }], ['d']);
  expect([status, body.code]).toEqual([400, 'invalid_request']);
});

test('the inference protocol says that no version answered', async () => {
  const tensors = { inputs: [{ name: 'amount', shape: [1, 1], datatype: 'FP64', data: [5] }] };
  const { body } = await world.request('/v2/models/fraud/infer', tensors);
  expect(body.model_version).toBe('fallback');
  expect((await world.request('/v2/models/fraud/ready')).status).toBe(200);
});

test('a champion whose file cannot be loaded is a failure that shows; one that can takes over', async () => {
  const broken = await world.addVersion(1, [0.5, 0.5]);
  await world.route({
    champion: { ...broken, modelDigest: await world.artifacts.putBytes('no model') },
    stage: 'steady',
  });
  const id = await until('the row counts as failed', async () => {
    const name = `e-${Math.random().toString(36).slice(2)}`;
    expect((await ask([{ amount: 5 }], [name])).body.predictions[0]?.arm).toBe('fallback');
    await world.ship();
    return (await stored(name))?.failed === true ? name : undefined;
  });
  expect(await stored(id)).toMatchObject({ version: 0, arm: 'fallback' });
  await world.route({ champion: await world.addVersion(2, [0.2, 0.8]), stage: 'steady' });
  await until(
    'v2 answers',
    async () =>
      (await ask([{ amount: 5 }], [`f-${Math.random().toString(36).slice(2)}`])).body.predictions[0]?.version === 2,
  );
});
