import { expect, test } from 'vitest';
import { decideApplied, decideRequested, decideWindow, enqueue, offer, refuseWhenFull } from './queue.ts';
import { entityOf, inputOf, type ModelInput } from './state.ts';

const carried: ModelInput = {
  model: 'fraud',
  refreshMs: 600_000,
  state: {
    queue: [decideWindow(12), { task: 'outcome', runId: 'train/fraud/3' }],
    awaited: ['train/fraud/3', 'rollout/fraud/2/1'],
    pausedBy: 'ada',
    changedSpec: 4,
  },
};

test('the next run of an entity goes on with everything that the last one knew', () => {
  expect(JSON.parse(JSON.stringify(inputOf(entityOf(carried))))).toEqual(carried);
});

test('a first run begins with nothing', () => {
  expect(inputOf(entityOf({ model: 'fraud', refreshMs: 1 })).state).toEqual({
    queue: [],
    awaited: [],
    pausedBy: null,
    changedSpec: null,
  });
});

test('decisions are known by the occasion that they are taken on', () => {
  expect(decideWindow(12).key).toBe('window/12');
  expect(decideApplied(3).key).toBe('apply/3');
  expect(decideApplied(3, 'train/fraud/4').key).toBe('apply/3/after/train/fraud/4');
  expect(decideRequested({ commandId: 'a', by: 'ada', reason: 'why', rollout: true }).key).toBe('command/a');
});

test('a full queue refuses Updates and drops what signals bring', () => {
  const entity = entityOf({ model: 'fraud', refreshMs: 1 });
  expect(() => refuseWhenFull(entity)).not.toThrow();
  for (let window = 1; window <= 200; window++) enqueue(entity, decideWindow(window), 'taken');
  expect(() => refuseWhenFull(entity)).toThrow('200 commands waiting');
  offer(entity, decideWindow(201));
  expect(entity.queue).toHaveLength(200);
});
