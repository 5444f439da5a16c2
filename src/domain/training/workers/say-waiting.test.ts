import { expect, test } from 'vitest';
import { sayWaiting, type LiveWorker } from './say-waiting.ts';

const fit = { runId: 'train/fraud/4', queue: 'fits', trainer: 'fraud', tag: 'a100', memoryGb: 20 } as const;
const worker = (change: Partial<LiveWorker> = {}): LiveWorker => ({
  name: 'one',
  queue: 'fits',
  tags: ['a100'],
  memoryGb: 40,
  slots: 1,
  trainers: ['fraud'],
  running: [],
  ...change,
});
const busy = worker({ running: ['train/churn/2'] });

test('nobody is there', () => {
  expect(sayWaiting({ runId: 'train/fraud/4', queue: 'fits', trainer: 'fraud' }, [])).toBe(
    'waits for a worker of fits; none is there',
  );
  expect(sayWaiting(fit, [worker({ queue: 'others' })])).toBe(
    'waits for a worker of fits with tag a100 and 20 GB (the class of 32 GB); none is there',
  );
});

test('each worker that is there stands under the first reason why it does not take it', () => {
  expect(sayWaiting({ ...fit, memoryGb: 32 }, [busy, busy, worker({ memoryGb: 16 })])).toBe(
    'waits for a worker of fits with tag a100 and 32 GB; three are there, two are busy, one has 16 GB',
  );
  expect(sayWaiting(fit, [worker({ tags: [], running: ['train/churn/2'] })])).toContain(
    'one is there, one has no tag a100',
  );
  expect(sayWaiting(fit, [worker({ memoryGb: null })])).toContain('one does not say its memory');
  expect(sayWaiting(fit, [worker({ trainers: ['churn'] })])).toContain('one does not know the trainer fraud');
  expect(sayWaiting(fit, [worker()])).toContain('one is free and should take it soon');
  expect(
    sayWaiting(
      fit,
      Array.from({ length: 11 }, () => busy),
    ),
  ).toContain('11 are there, 11 are busy');
});

test('a worker with more than one slot is busy when all of them are', () => {
  expect(sayWaiting(fit, [worker({ slots: 2, running: ['train/churn/2'] })])).toContain('one is free');
});
