import { expect, test } from 'vitest';
import { completeTrainer } from '../../spec/trainer-spec.ts';
import { fitRouteOf } from './worker-fit-of.ts';

test('a fit of ours goes to the CPUs, or to the GPUs that it asks for', () => {
  expect(fitRouteOf({ trainer: completeTrainer() })).toEqual({ taskQueue: 'perennial-cpu' });
  expect(fitRouteOf({ trainer: completeTrainer({ gpu: {} }) })).toEqual({ taskQueue: 'perennial-gpu' });
  expect(fitRouteOf({ trainer: completeTrainer({ kind: 'linear', gpu: { tag: 'a100' } }) })).toEqual({
    taskQueue: 'perennial-gpu-a100',
  });
  expect(fitRouteOf({ trainer: completeTrainer({ kind: 'imported' }) })).toEqual({ taskQueue: 'perennial-cpu' });
  expect(fitRouteOf({ trainer: completeTrainer({ kind: 'command', argv: ['true'] }) })).toEqual({
    taskQueue: 'perennial-cpu',
  });
});

test('a fit of a worker goes to the queue that says its tag and its memory', () => {
  const trainer = completeTrainer({ kind: 'worker', queue: 'fits', trainer: 'fraud', tag: 'a100', memoryGb: 20 });
  expect(fitRouteOf({ trainer })).toEqual({
    taskQueue: 'fits-a100-32g',
    worker: { queue: 'fits', trainer: 'fraud', tag: 'a100', memoryGb: 20, timeMsMax: 3_600_000, refit: false },
  });
  expect(fitRouteOf({ trainer: completeTrainer({ kind: 'worker', queue: 'fits', trainer: 'fraud' }) })).toMatchObject({
    taskQueue: 'fits',
  });
});
