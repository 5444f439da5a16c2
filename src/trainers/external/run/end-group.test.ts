import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { expect, onTestFinished, test } from 'vitest';
import { endLeftBehind } from './end-group.ts';

/** A process of its own group that stays, and works for a folder. */
async function started(folder: string) {
  const child = spawn(process.execPath, ['-e', 'setInterval(() => undefined, 1_000); console.log("here")'], {
    env: { PERENNIAL_FOLDER: folder },
    stdio: ['ignore', 'pipe', 'ignore'],
    detached: true,
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  await once(child.stdout, 'data');
  return child;
}

test.runIf(existsSync('/proc/self/stat'))(
  'what works for a folder is ended without its group, and nothing else',
  async () => {
    const left = await started('/nowhere/external-candidate');
    const other = await started('/nowhere/external-candidate-2');
    const ended = once(left, 'exit');
    expect(await endLeftBehind('/nowhere/external-candidate')).toBe(true);
    expect(await ended).toEqual([null, 'SIGTERM']);
    expect([other.exitCode, other.signalCode]).toEqual([null, null]);
  },
);
