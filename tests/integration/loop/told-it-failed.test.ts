import { afterAll, beforeAll, expect, test } from 'vitest';
import { workflowIds } from '../../../src/domain/words/ids.ts';
import { brokenRules } from '../../worlds/invariants.ts';
import { startLoopWorld, type LoopWorld } from '../../worlds/loop-world.ts';
import { until } from '../../worlds/wait.ts';

let world: LoopWorld;

beforeAll(async () => {
  world = await startLoopWorld([], { isToldItFailed: true });
});
afterAll(() => world.close());

test('every activity happens and is told to have failed, and a whole life leaves what it would have left', async () => {
  await world.champion('told');
  await world.challenge('told');
  expect(await world.playOut('told')).toMatchObject({ championVersion: 2, rollout: null });
  const { commandId } = await world.command('told', 'rollback', { reason: 'it was told' });
  await until('v1 answers', async () => (await world.settled('told')).championVersion === 1);
  await world.challenge('told');
  await world.command('told', 'abort', { reason: 'not today' });
  await until('the challenger is out', async () => (await world.settled('told')).rollout === null);
  await world.play('told', 1);

  const { pool, url } = world.stack.database;
  const { rows: moves } = await pool.query(
    `select to_version as to, command_id as command from alias_move where model = 'told' order by move_id`,
  );
  expect(moves).toEqual([
    { to: 1, command: null },
    { to: 2, command: null },
    { to: 1, command: commandId },
  ]);
  const { rows: rollouts } = await pool.query(
    `select version, status from rollout where model = 'told' order by version`,
  );
  expect(rollouts).toEqual([
    { version: 1, status: 'promoted' },
    { version: 2, status: 'promoted' },
    { version: 3, status: 'rolled-back' },
  ]);
  const history = await world.client.workflow.getHandle(workflowIds.train('told', 2)).fetchHistory();
  const attempts = (history.events ?? []).flatMap((event) => event.activityTaskStartedEventAttributes?.attempt ?? []);
  expect(attempts.length).toBeGreaterThan(2);
  expect(attempts.every((attempt) => attempt >= 2)).toBe(true);
  expect(await brokenRules(url)).toEqual([]);
});
