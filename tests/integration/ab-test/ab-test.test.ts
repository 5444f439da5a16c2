import { afterAll, beforeAll, expect, test } from 'vitest';
import { workflowIds } from '../../../src/domain/words/ids.ts';
import { abTestOf, answerRows, asked, threeVersions, untilRunning, type Told } from '../../worlds/ab-test-life.ts';
import { startLoopWorld, type LoopWorld } from '../../worlds/loop-world.ts';
import { until } from '../../worlds/wait.ts';
import { ended } from '../../worlds/workflow-ends.ts';

const model = 'tried';
let world: LoopWorld;
beforeAll(async () => {
  world = await startLoopWorld();
  await threeVersions(world, model);
});
afterAll(() => world.close());

const rowsOf = (told: readonly Told[], version: number) => told.filter((one) => one.version === version);

test('the arm whose decisions bring most wins, is proposed, and is not promoted', async () => {
  await world.command(model, 'ab-test/start', { ...asked, reason: 'which is best' });
  await untilRunning(world, model, 1);
  const first = await answerRows(world, model, 0, (version) => (version === 3 ? 0.9 : 0.2));
  const inside = first.filter(({ arm }) => arm === 'ab-test');
  expect(new Set(inside.map(({ version }) => version))).toEqual(new Set([1, 2, 3]));
  expect(new Set(first.filter(({ arm }) => arm !== 'ab-test').map(({ version }) => version))).toEqual(new Set([1]));
  expect(Math.abs(inside.length / first.length - 0.5)).toBeLessThan(0.1);
  // The control has scored the rows of the others too.
  const { rows } = await until('the rows are stored', async () => {
    const found = await world.stack.database.pool.query<{ version: number; other: number | null; scored: boolean }>(
      `select distinct version, other_version as other, other_scores is not null as scored from prediction
       where model = $1 and arm = 'ab-test' order by 1`,
      [model],
    );
    return found.rows.length >= 3 ? found : undefined;
  });
  expect(rows).toEqual([
    { version: 1, other: null, scored: false },
    { version: 2, other: 1, scored: true },
    { version: 3, other: 1, scored: true },
  ]);
  for (let call = 1; call < 12 && (await abTestOf(world, model, 1)).status !== 'ended'; call++)
    await answerRows(world, model, call, (version) => (version === 3 ? 0.9 : 0.2));
  await ended(world, workflowIds.abTest(model, 1));
  const view = await abTestOf(world, model, 1);
  expect(view).toMatchObject({ status: 'ended', ending: 'winner', winner: 'v3' });
  expect(view.text).toMatch(/Nothing was promoted: `perennial promote tried --to 3 --force --reason …` does\.$/);
  expect((await world.settled(model)).championVersion).toBe(1);
});

test('a person stops one at once, and everybody is answered by the champion', async () => {
  await world.command(model, 'ab-test/start', { ...asked, reason: 'once more' });
  await untilRunning(world, model, 2);
  await expect(world.command(model, 'ab-test/start', { ...asked, reason: 'two at once' })).rejects.toThrow(
    /The A\/B test 2 of .{1,2}tried.{1,2} is under way: stop it first/,
  );
  await world.command(model, 'ab-test/stop', { reason: 'enough' });
  await ended(world, workflowIds.abTest(model, 2));
  expect(await abTestOf(world, model, 2)).toMatchObject({ ending: 'stopped', text: 'enough', winner: null });
  let call = 20;
  await until('nobody is in a test any more', async () =>
    (await answerRows(world, model, call++, () => 0.5)).every(({ arm }) => arm === 'champion'),
  );
});

test('the kill switch ends one', async () => {
  await world.command(model, 'ab-test/start', { ...asked, reason: 'a third time' });
  await untilRunning(world, model, 3);
  await world.command(model, 'kill', { reason: 'an incident' });
  expect(await abTestOf(world, model, 3)).toMatchObject({ ending: 'stopped', text: 'kill switch: an incident' });
  await ended(world, workflowIds.abTest(model, 3));
  await expect(world.command(model, 'ab-test/start', { ...asked, reason: 'frozen' })).rejects.toThrow(
    /No A\/B test of .{1,2}tried.{1,2} begins, because/,
  );
  const told = await answerRows(world, model, 99, () => 0.5);
  expect(rowsOf(told, 1)).toHaveLength(told.length);
});
