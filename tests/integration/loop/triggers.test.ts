import { afterAll, beforeAll, expect, test } from 'vitest';
import { workflowIds } from '../../../src/domain/words/ids.ts';
import { startLoopWorld, type LoopWorld } from '../../worlds/loop-world.ts';
import { until } from '../../worlds/wait.ts';

let world: LoopWorld;
beforeAll(async () => {
  world = await startLoopWorld();
});
afterAll(() => world.close());

const retrain = {
  growthFactor: null,
  onDecay: false,
  onSpecChange: false,
  cooldown: { ms: 1 },
  budget: { runs: 20, per: { rows: 1_000 } },
  labelledRowsMin: 1,
};

/** A tick of the triggers now, and what it comes to: the second training of a model without a request. */
async function secondTraining(model: string) {
  return until(`${model} is trained again`, async () => {
    await world.client.schedule.getHandle(workflowIds.triggers()).trigger();
    return (await world.history(model)).runs.find(({ runId }) => runId === workflowIds.train(model, 2));
  });
}

const reasonOf = async (model: string) =>
  (await world.history(model)).decisions.find(({ runId }) => runId === workflowIds.train(model, 2))?.reason;

test('a source that has changed retrains without a row of traffic, and the same one does not again', async () => {
  const { pool } = world.stack.database;
  const readNow = () =>
    pool.query(
      `update trigger_look set look_at = now() - interval '1 second', decide_at = now() - interval '1 second'
      where model = 'sourced'`,
    );
  await world.champion('sourced', { retrain: { ...retrain, onSourceChange: true } });
  await readNow();
  await world.teachOpposite('sourced');
  expect(await secondTraining('sourced')).toMatchObject({ trigger: 'source-change' });
  expect(await reasonOf('sourced')).toMatch(/^retrains because the source has changed since the newest version/);
  await until('v2 is stored', async () =>
    (await world.history('sourced')).versions.some(({ version }) => version === 2),
  );
  await readNow();
  await until('it was read again, and nobody is to be asked', async () => {
    await world.client.schedule.getHandle(workflowIds.triggers()).trigger();
    const { rows } = await pool.query<{ is_still: boolean }>(
      `select look_at > now() and decide_at is null as is_still from trigger_look where model = 'sourced'`,
    );
    return rows[0]?.is_still;
  });
  expect((await world.history('sourced')).runs.filter(({ kind }) => kind === 'train')).toHaveLength(2);
});

test('what the calendar asks for is trained without a row of traffic', async () => {
  await world.champion('minutely', { retrain: { ...retrain, schedule: { cron: '* * * * *', timeZone: 'UTC' } } });
  const { pool } = world.stack.database;
  // As if the first training were long ago.
  await pool.query(`update run set started_at = started_at - interval '1 hour' where run_id = $1`, [
    workflowIds.train('minutely', 1),
  ]);
  await pool.query(`update trigger_look set decide_at = now() - interval '1 second' where model = 'minutely'`);
  expect(await secondTraining('minutely')).toMatchObject({ trigger: 'schedule' });
  expect(await reasonOf('minutely')).toMatch(/^retrains because training was due at .* by "\* \* \* \* \*" \(UTC\)/);
});
