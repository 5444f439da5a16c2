import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { asyncLocalStorage, type Context } from '@temporalio/activity';
import { expect, test, vi } from 'vitest';
import { z } from 'zod';
import { rootDir } from '../src/config.ts';
import { taskQueues } from '../src/domain/words/ids.ts';
import { createActivities, type ActivityDependencies } from './index.ts';

// Nothing is asked of a dependency before an activity runs.
const activitiesOn = createActivities({ database: {} } as unknown as ActivityDependencies, {
  secret: undefined,
  privateHostsAllowed: [],
});
const namesOn = (taskQueue: string): string[] => Object.keys(activitiesOn(taskQueue)).toSorted();

test('a worker registers the activities of its queue and no others', () => {
  expect(namesOn(taskQueues.cpu)).toEqual([
    'compareExperiment',
    'eraseStep',
    'findSource',
    'fitExternal',
    'fitModel',
    'fitTrial',
    'guardLook',
    'ingestSource',
    'judgeCandidate',
    'judgeModel',
    'keepLog',
    'lookAtSources',
    'prepareCandidate',
    'prepareTraining',
    'reproduceVersion',
    'shareTraining',
    'snapshotTraffic',
    'takeMade',
    'trainModel',
  ]);
  expect(namesOn(taskQueues.guard)).toEqual(['guardLook']);
  expect(namesOn(taskQueues.gpu())).toEqual(['fitExternal', 'fitModel', 'fitTrial', 'trainModel']);
  expect(namesOn(taskQueues.gpu('a100'))).toEqual(['fitExternal', 'fitModel', 'fitTrial', 'trainModel']);
  const light = namesOn(taskQueues.workflows);
  expect(light).toContain('judgeVersion');
  expect(light).toContain('watchStep');
  expect(light).toContain('keepLease');
  expect(light.filter((name) => namesOn(taskQueues.cpu).includes(name))).toEqual([]);
});

/** Whatever is asked of it, it never answers. */
const silent: unknown = new Proxy(() => undefined, {
  get: (_, key) => (key === Symbol.toPrimitive ? () => 'silent' : key === 'then' ? () => undefined : silent),
  apply: () => silent,
});

test('every activity that waits for somebody heartbeats', async () => {
  vi.useFakeTimers();
  try {
    const served = createActivities(silent as ActivityDependencies, { secret: undefined, privateHostsAllowed: [] });
    const waiting = new Map<string, number>();
    for (const [name, verb] of [taskQueues.workflows, taskQueues.cpu].flatMap((queue) =>
      Object.entries(served(queue)),
    )) {
      waiting.set(name, 0);
      const context = {
        info: { startToCloseTimeoutMs: 3_600_000, scheduledTimestampMs: 0 },
        heartbeat: () => void waiting.set(name, (waiting.get(name) ?? 0) + 1),
        cancellationSignal: new AbortController().signal,
      } as unknown as Context;
      asyncLocalStorage
        .run(context, () => (verb as (input: unknown) => Promise<unknown>)(silent))
        .catch(() => waiting.delete(name));
    }
    await vi.advanceTimersByTimeAsync(2_500);
    expect([...waiting].filter(([, beats]) => beats === 0)).toEqual([]);
    // The others look at what they were given before they ask anybody.
    expect(waiting.size).toBeGreaterThan(20);
  } finally {
    vi.useRealTimers();
  }
});

const historySchema = z.object({
  events: z.array(
    z.looseObject({
      activityTaskScheduledEventAttributes: z
        .object({ taskQueue: z.object({ name: z.string() }), activityType: z.object({ name: z.string() }) })
        .optional(),
    }),
  ),
});

test('whatever a recorded run has asked for is served on the queue where it asked', async () => {
  const folder = path.join(rootDir, 'tests', 'replay', 'histories');
  const asked = new Map<string, string>();
  for (const name of (await readdir(folder)).filter((file) => file.endsWith('.json'))) {
    const { events } = historySchema.parse(JSON.parse(await readFile(path.join(folder, name), 'utf8')));
    for (const { activityTaskScheduledEventAttributes: scheduled } of events)
      if (scheduled !== undefined) asked.set(scheduled.activityType.name, scheduled.taskQueue.name);
  }
  expect(asked.size).toBeGreaterThan(20);
  const unserved = [...asked].filter(([activity, taskQueue]) => !namesOn(taskQueue).includes(activity));
  expect(unserved).toEqual([]);
});
