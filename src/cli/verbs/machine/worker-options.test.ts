import { expect, test } from 'vitest';
import { parseWorker } from './worker-options.ts';

test('what is served without flags', () => {
  expect(parseWorker([])).toEqual({ queues: ['perennial', 'perennial-cpu', 'perennial-guard'], gpus: 1, help: false });
});

test('GPU queues with and without a tag, each named once', () => {
  expect(parseWorker(['--queues', 'perennial-gpu, perennial-gpu-a100,perennial-gpu', '--gpus', '2'])).toEqual({
    queues: ['perennial-gpu', 'perennial-gpu-a100'],
    gpus: 2,
    help: false,
  });
});

test.each([
  [['--queues', 'perennial-cpu,gpu'], '--queues names "gpu", which is no queue of ours.'],
  [['--queues', ''], '--queues names "", which is no queue of ours.'],
  [['--queues', 'perennial-gpu', '--gpus', '0'], '--gpus must be a whole number from 1 to 64.'],
  [['--queues', 'perennial-gpu', '--gpus', '1.5'], '--gpus must be a whole number from 1 to 64.'],
  [['--gpus', '2'], '--gpus belongs to a GPU queue, and --queues names none.'],
  [['--quues', 'perennial'], "Unknown option '--quues'."],
  [['perennial-gpu'], "Unexpected argument 'perennial-gpu'."],
])('%j is refused in one sentence', (args, message) => {
  expect(() => parseWorker(args)).toThrow(message);
  expect(() => parseWorker(args)).toThrow(expect.objectContaining({ code: 'invalid_request' }));
});
