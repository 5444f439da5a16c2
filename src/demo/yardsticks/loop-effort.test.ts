import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { expect, test } from 'vitest';
import { loopEffort } from './loop-effort.ts';

const stack = { pids: () => ({ worker: process.pid }), restartCount: () => 0 };
const hasProc = existsSync('/proc/self/schedstat');

test.runIf(hasProc)('trainings are what its children took, and the rest is its own', async () => {
  const before = await loopEffort({ stack, isResumed: false });
  spawnSync(process.execPath, [
    '-e',
    'const end = process.cpuUsage().user + 3e5; while (process.cpuUsage().user < end);',
  ]);
  const after = await loopEffort({ stack, isResumed: false });
  const grown = (after?.trainingCpuSeconds ?? 0) - (before?.trainingCpuSeconds ?? 0);
  // What the child took, with its start, in hundredths of a second.
  expect(grown).toBeGreaterThan(0.28);
  expect((after?.workerCpuSeconds ?? 0) - (before?.workerCpuSeconds ?? 0)).toBeLessThan(grown);
});

test.each([
  ['a demo that was killed', { stack, isResumed: true }],
  ['a worker that was started again', { stack: { ...stack, restartCount: () => 1 }, isResumed: false }],
  ['no worker', { stack: { ...stack, pids: () => ({}) }, isResumed: false }],
])('of %s nothing is told', async (_, stage) => {
  expect(await loopEffort(stage)).toBeNull();
});
