import type { Client } from '@temporalio/client';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readConfig } from '../../../src/config.ts';
import { connectClient } from '../../../src/temporal/connect.ts';
import { beginSchedules } from '../../../src/temporal/schedules.ts';
import { mendSchedules } from '../../../src/temporal/mend-schedules.ts';
import { wantedSchedules } from '../../../src/temporal/wanted-schedules.ts';
import { until } from '../../worlds/wait.ts';

let client: Client;
let close: () => Promise<void>;

beforeAll(async () => {
  ({ client, close } = await connectClient(readConfig()));
});
afterAll(async () => {
  for (const id of ['watch/0', 'watch/1', 'reconcile', 'retain', 'keep', 'triggers'])
    await client.schedule.getHandle(id).delete();
  await close();
});

const scheduleOf = async (shard: number) => {
  const { action, state } = await client.schedule.getHandle(`watch/${shard}`).describe();
  return { args: action.args, isPaused: state.paused };
};

test('the schedules of the watch follow the number of shards, and one that was paused stays so', async () => {
  await beginSchedules(client, { shards: 1, removed: [] });
  await client.schedule.getHandle('watch/0').pause('looking at something');
  await beginSchedules(client, { shards: 3, removed: [] });
  expect(await scheduleOf(0)).toEqual({ args: [{ shard: 0, shards: 3 }], isPaused: true });
  expect(await scheduleOf(2)).toEqual({ args: [{ shard: 2, shards: 3 }], isPaused: false });
  await beginSchedules(client, { shards: 2, removed: [2] });
  // A worker that was ended in the middle does it once more.
  await beginSchedules(client, { shards: 2, removed: [2] });
  expect(await scheduleOf(0)).toEqual({ args: [{ shard: 0, shards: 2 }], isPaused: true });
  expect(await scheduleOf(1)).toEqual({ args: [{ shard: 1, shards: 2 }], isPaused: false });
  await expect(client.schedule.getHandle('watch/2').describe()).rejects.toThrow();
});

test('workers that start one after the other have one reconciliation run at a time', async () => {
  // Nobody carries it out here, so the first is under way for as long as this takes.
  for (let worker = 0; worker < 2; worker++) await beginSchedules(client, { shards: 1, removed: [] });
  const described = () => client.schedule.getHandle('reconcile').describe();
  await until('the second waits', async () => Number((await described()).raw.info?.bufferSize ?? 0) > 0);
  expect((await described()).info.runningActions).toHaveLength(1);
});

test('one that missed its ticks for long is made anew, one that is paused or in time is not', async () => {
  await beginSchedules(client, { shards: 2, removed: [] });
  await client.schedule.getHandle('watch/0').unpause();
  await client.schedule.getHandle('watch/1').pause('looking at something');
  const createdAt = async () => (await client.schedule.getHandle('watch/0').describe()).info.createdAt.getTime();
  const listed = async () => {
    const states = new Map<string, boolean>();
    for await (const { scheduleId, state, info } of client.schedule.list())
      if (info.nextActionTimes.length > 0 || state.paused) states.set(scheduleId, state.paused);
    return states;
  };
  // The index says it a moment later.
  await until('the list knows them', async () => {
    const states = await listed();
    return states.get('watch/0') === false && states.get('watch/1') === true;
  });
  const before = await createdAt();
  const ofWatch = (ids: readonly string[]) => ids.filter((id) => id.startsWith('watch/'));
  expect(ofWatch(await mendSchedules(client, wantedSchedules(2)))).toEqual([]);
  expect(await createdAt()).toBe(before);
  const anHourLater = Date.now() + 3_600_000;
  const watching = wantedSchedules(2).filter(({ workflow }) => workflow === 'watch');
  expect(await mendSchedules(client, watching, anHourLater)).toEqual(['watch/0']);
  expect(await createdAt()).toBeGreaterThan(before);
  expect(await scheduleOf(1)).toMatchObject({ isPaused: true });

  // As whoever died between removing one and making it leaves it.
  await client.schedule.getHandle('watch/0').delete();
  await until('the list forgets it', async () => !(await listed()).has('watch/0'));
  expect(await mendSchedules(client, watching)).toEqual(['watch/0']);
  expect(await scheduleOf(0)).toMatchObject({ isPaused: false });
});
