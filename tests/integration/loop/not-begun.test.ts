import { afterAll, beforeAll, expect, test } from 'vitest';
import { startLoopWorld, tinyRollout, type LoopWorld } from '../../worlds/loop-world.ts';
import { until } from '../../worlds/wait.ts';

let world: LoopWorld;
beforeAll(async () => {
  world = await startLoopWorld();
});
afterAll(() => world.close());

test('a plan that could see nothing is held before anybody is exposed; by another plan it goes on', async () => {
  const blind = { shadow: { ms: 50 }, canary: [{ percent: 1, extent: { ms: 50 } }], deadline: { ms: 50 } };
  // Another plan is no reason to train here.
  const retrain = {
    growthFactor: null,
    onDecay: false,
    onSpecChange: false,
    cooldown: { rows: 1 },
    labelledRowsMin: 1,
  };
  const spec = await world.champion('blind', { rollout: { ...tinyRollout, ...blind }, retrain });
  await world.play('blind', 2);
  await world.challenge('blind');
  await until('it is held', async () => (await world.status('blind')).rollout?.status === 'held');
  const { openAlerts, stage } = await world.status('blind');
  expect(stage).toBe('steady');
  expect(openAlerts.find(({ kind }) => kind === 'held')?.body).toMatch(
    /^Not begun: By its end .* every second row.*: declare longer steps, a longer deadline or a larger share\. Approve/,
  );
  await world.command('blind', 'abort', { reason: 'as it says' });
  await until('it is over', async () => (await world.settled('blind')).rollout === null);
  const { shadow, canary, deadline } = (await world.define('blind')).rollout;
  await world.apply({ ...spec, rollout: { ...spec.rollout, shadow, canary, deadline } });
  await world.command('blind', 'promote', { reason: 'by another plan', version: 2, rollout: true });
  await until('it has begun', async () => (await world.settled('blind')).rollout !== null);
  await world.playOut('blind');
  expect((await world.settled('blind')).championVersion).toBe(2);
  const run = (await world.history('blind')).runs.find(({ runId }) => runId === 'rollout/blind/2/2');
  expect(run?.detail).toMatch(/^promoted: /);
});
