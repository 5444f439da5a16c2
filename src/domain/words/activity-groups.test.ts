import { expect, test } from 'vitest';
import { groupsServedOn, homeQueueOf } from './activity-groups.ts';
import { taskQueues } from './ids.ts';

test('each queue serves its own groups, and trainings run on CPUs and GPUs alone', () => {
  expect(groupsServedOn(taskQueues.workflows)).toEqual(['light', 'judging', 'sweeping', 'watching', 'waiting']);
  expect(groupsServedOn(taskQueues.cpu)).toEqual(['heavy', 'training']);
  expect(groupsServedOn(taskQueues.gpu())).toEqual(['training']);
  expect(groupsServedOn(taskQueues.gpu('a100'))).toEqual(['training']);
});

test('a group is served on the queue where workflows look for it', () => {
  for (const group of ['light', 'judging', 'sweeping', 'watching', 'waiting', 'heavy'] as const)
    expect(groupsServedOn(homeQueueOf(group))).toContain(group);
});
