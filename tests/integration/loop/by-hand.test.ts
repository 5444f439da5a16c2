import { afterAll, beforeAll, expect, test } from 'vitest';
import { workflowIds } from '../../../src/domain/words/ids.ts';
import { startLoopWorld, tinyRollout, windowRows, type LoopWorld } from '../../worlds/loop-world.ts';
import { until } from '../../worlds/wait.ts';

let world: LoopWorld;
beforeAll(async () => {
  world = await startLoopWorld();
});
afterAll(() => world.close());

/** v2 has learnt the opposite of what v1 has, and is put in charge by hand. */
async function putWorseInCharge(model: string, action: 'propose' | 'roll-back'): Promise<void> {
  const promotion = { metric: 'logLoss', margin: 0.1, alpha: 0.05, labelledRowsMin: 20 } as const;
  const guard = { labelledRows: 2 * windowRows, action };
  await world.champion(model, { rollout: { ...tinyRollout, promotion, guard } });
  await world.teachOpposite(model);
  await world.retrain(model, { reason: 'on other labels', rollout: false });
  await until('v2 is stored', async () => (await world.history(model)).versions.some(({ version }) => version === 2));
  await world.command(model, 'promote', { reason: 'trust me', version: 2, force: true });
  await until('v2 is champion', async () => (await world.settled(model)).championVersion === 2);
  await world.play(model, 6);
}

const guardsOf = async (model: string) => (await world.history(model)).runs.filter(({ kind }) => kind === 'guard');

test('a worse version that a person put in charge is found out, and goes back where that is declared', async () => {
  await putWorseInCharge('undone', 'roll-back');
  await until('v1 is champion again', async () => (await world.settled('undone')).championVersion === 1);
  const [move] = (await world.history('undone')).moves;
  expect(move).toMatchObject({ fromVersion: 2, toVersion: 1, actor: 'guard' });
  // The guard that went back has compared the two: no other one begins.
  expect(await guardsOf('undone')).toMatchObject([{ status: 'completed', detail: expect.stringMatching(/^worse: /) }]);
});

test('elsewhere the way back is proposed; a person who takes it is guarded in turn, and it is fine', async () => {
  await putWorseInCharge('proposed', 'propose');
  const alert = await until('it is proposed', async () =>
    (await world.status('proposed')).openAlerts.find(({ kind }) => kind === 'worse-than-predecessor'),
  );
  expect(alert.body).toMatch(/Roll back with `perennial rollback proposed --to 1`/);
  await world.command('proposed', 'rollback', { reason: 'as proposed', toVersion: 1 });
  await until('v1 is champion again', async () => (await world.settled('proposed')).championVersion === 1);
  await world.play('proposed', 6);
  const [guard] = await until('the second guard has ended', async () => {
    const guards = await guardsOf('proposed');
    return guards.length === 2 && guards.every(({ status }) => status === 'completed') ? guards : undefined;
  });
  expect(guard).toMatchObject({ detail: expect.stringMatching(/^fine: /) });
  expect(guard?.runId).toMatch(new RegExp(`^${workflowIds.guard('proposed', 1)}/\\d+$`));
});

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
    /^Not begun: By its end .* every second row.* longer steps.* An approval makes it champion at once.* Approve/,
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
