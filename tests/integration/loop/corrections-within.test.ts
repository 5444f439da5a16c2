import { and, asc, desc, eq, sql } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { evidence, prediction } from '../../../src/db/schema/index.ts';
import { readRouting } from '../../../src/db/routing/routing.ts';
import { startLoopWorld, windowRows, type LoopWorld } from '../../worlds/loop-world.ts';
import { until } from '../../worlds/wait.ts';

/** Real Postgres, Temporal, inference, control and worker; the first answer of each activity gets lost. */
let world: LoopWorld;

beforeAll(async () => {
  world = await startLoopWorld([], { isToldItFailed: true });
});
afterAll(() => world.close());

/** Requests of 50 rows that make a window. */
const requests = 4;
const watch = {
  window: { rows: requests * windowRows },
  falseAlarmRate: 1e-6,
  correction: { halfLifeRows: 200, rowsMax: 400, labelledRowsMin: 50, everyRows: 50 },
};
const model = 'turned';
const db = () => world.stack.database.db;
const corrected = async () =>
  (
    await db()
      .select({ subject: evidence.subject })
      .from(evidence)
      .where(and(eq(evidence.model, model), sql`${evidence.kind} = 'correction'`))
      .orderBy(asc(evidence.evidenceId))
  ).map(({ subject }) => subject);
const routed = async () => (await readRouting(db(), model))?.champion?.correction;
const answeredWith = async () =>
  (
    await db()
      .select({ correction: prediction.correction })
      .from(prediction)
      .where(eq(prediction.model, model))
      .orderBy(desc(prediction.seq))
      .limit(1)
  )[0]?.correction;

test('labels correct what is answered before the window ends; a freeze holds it', async () => {
  const spec = await world.define(model, { watch });
  // The world has turned since: whatever the model says, the opposite comes true.
  await world.teachOpposite(model);
  await world.apply(spec);
  await until('there is a champion', async () => (await world.settled(model)).championVersion === 1);

  // The labels of the last request come after the end of its window.
  await world.play(model, requests);
  expect(await corrected()).toEqual(['window/1/v1', 'window/2/v1/200']);
  const first = await routed();
  expect(first).not.toBe('identity');

  await world.play(model, 1);
  const settled = await world.play(model, 1);
  expect(settled.lastClosedWindow).toBe(1);
  expect(await corrected()).toEqual(['window/1/v1', 'window/2/v1/200', 'window/2/v1/250', 'window/2/v1/300']);
  const second = await routed();
  expect(second).not.toBe(first);
  // The request before it was answered by what was fitted on all labels until then.
  expect(await answeredWith()).not.toBe(first);
  expect(await answeredWith()).not.toBe('identity');

  await world.command(model, 'freeze', { reason: 'answers are to stay' });
  await world.play(model, 1);
  expect(await answeredWith()).toBe(second);
  expect(await routed()).toBe(second);
  expect(await corrected()).toHaveLength(4);
});
