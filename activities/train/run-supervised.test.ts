import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { until } from '../../tests/worlds/wait.ts';
import { rootDir } from '../../src/config.ts';
import { runSupervised } from './run-supervised.ts';

const program = path.join(rootDir, 'tests', 'worlds', 'trainers', 'misbehave.mjs');

test('a supervisor that is lost takes all that it watched with it, also what has left its group', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'perennial-supervised-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  await mkdir(path.join(folder, 'checkpoint'));
  const job = {
    argv: [process.execPath, program, 'leave children behind'],
    cwd: folder,
    folder,
    checkpoint: path.join(folder, 'checkpoint'),
    environment: {},
    secrets: [],
    limits: { memoryBytesMax: 2 ** 32, timeMsMax: 600_000, filesBytesMax: 2 ** 32, entriesMax: 1_000 },
  };
  const running = runSupervised(rootDir, job, () => undefined, new AbortController().signal);
  const lost = expect(running).rejects.toMatchObject({ code: 'training_failed' });
  const pids = await until('its children run', async () => {
    const found = JSON.parse(await readFile(path.join(folder, 'pids.json'), 'utf8')) as readonly number[];
    return found.every(isAlive) && found;
  });
  process.kill(await parentOf(pids[0] ?? 0), 'SIGKILL');
  await lost;
  expect(pids.map(isAlive)).toEqual([false, false, false]);
});

async function parentOf(pid: number): Promise<number> {
  const [, parent = ''] = /^PPid:\s+(\d+)$/m.exec(await readFile(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Number(parent);
}

function isAlive(pid: number): boolean {
  return existsSync(`/proc/${pid}/exe`);
}
