import { expect, test } from 'vitest';
import { groupsServedOn, homeQueueOf, withGuardQueue } from './activity-groups.ts';
import { taskQueues } from './ids.ts';

test('each queue serves its own groups, and fits run on CPUs and GPUs alone', () => {
  expect(groupsServedOn(taskQueues.workflows)).toEqual(['light', 'judging', 'sweeping', 'watching', 'waiting']);
  expect(groupsServedOn(taskQueues.cpu)).toEqual(['heavy', 'guarding', 'training', 'fitting']);
  expect(groupsServedOn(taskQueues.guard)).toEqual(['guarding']);
  expect(groupsServedOn(taskQueues.gpu())).toEqual(['fitting']);
  expect(groupsServedOn(taskQueues.gpu('a100'))).toEqual(['fitting']);
});

test('a group is served on the queue where workflows look for it', () => {
  for (const group of ['light', 'judging', 'sweeping', 'watching', 'waiting', 'heavy', 'guarding', 'training'] as const)
    expect(groupsServedOn(homeQueueOf(group))).toContain(group);
});

test('a worker of the CPUs serves guards too, also where its command line is older than their queue', () => {
  expect(withGuardQueue(['perennial', 'perennial-cpu'])).toEqual(['perennial', 'perennial-cpu', 'perennial-guard']);
  expect(withGuardQueue(['perennial-guard', 'perennial-cpu'])).toEqual(['perennial-guard', 'perennial-cpu']);
  expect(withGuardQueue(['perennial-gpu'])).toEqual(['perennial-gpu']);
});
