import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { until } from '../../../../tests/worlds/wait.ts';
import { rootDir } from '../../../config.ts';
import type { CommandJob } from '../../../domain/training/external/command-job.ts';
import { runCommand } from './run-command.ts';

const program = join(rootDir, 'tests/worlds/trainers/misbehave.mjs');
const limits = { memoryBytesMax: 2 ** 32, timeMsMax: 600_000, filesBytesMax: 2 ** 32, entriesMax: 100_000 };
const untold = { onStart: () => undefined, onProgress: () => undefined };
const never = () => new AbortController().signal;

let place = '';
let jobs = 0;
beforeAll(async () => {
  place = await mkdtemp(join(tmpdir(), 'perennial-command-'));
});
afterAll(() => rm(place, { recursive: true, force: true }));

/** A program that behaves so, in a folder of its own. */
async function jobOf(how: string, change: Partial<CommandJob> = {}): Promise<CommandJob> {
  const folder = join(place, `job-${jobs++}`);
  await mkdir(folder);
  return {
    argv: [process.execPath, program, how],
    cwd: place,
    folder,
    checkpoint: join(place, 'checkpoint'),
    environment: {},
    secrets: [],
    limits,
    ...change,
  };
}

const run = async (how: string, change: Partial<CommandJob> = {}) =>
  runCommand(await jobOf(how, change), untold, never());

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    // A process that has ended and waits for its parent is none any more.
    const status = `/proc/${pid}/status`;
    return !(existsSync(status) && /^State:\s+Z/m.test(readFileSync(status, 'utf8')));
  } catch {
    return false;
  }
}

test('a program finds its folder and its end, and nothing of the environment of the worker', async () => {
  const job = await jobOf('tell the environment', { environment: { HF_TOKEN: 'token' } });
  const beforeMs = Date.now();
  await expect(runCommand(job, untold, never())).resolves.toMatchObject({ peakBytes: expect.any(Number) });
  const seen = JSON.parse(await readFile(join(job.folder, 'env.json'), 'utf8')) as Record<string, string>;
  expect(Object.keys(seen).toSorted()).toEqual(['HF_TOKEN', 'PERENNIAL_DEADLINE_MS', 'PERENNIAL_FOLDER', 'TMPDIR']);
  expect(seen).toMatchObject({ PERENNIAL_FOLDER: job.folder, TMPDIR: join(job.folder, 'tmp') });
  expect(Number(seen['PERENNIAL_DEADLINE_MS'])).toBeGreaterThanOrEqual(beforeMs + limits.timeMsMax);
});

test.each([
  ['not there', ['no-such-program', 'x'], /^The program "no-such-program x" is not there\.$/],
  ['no program', [program], /^The program ".*misbehave.mjs" may not be run by the user of the worker\.$/],
])('a program that is %s is said to be so', async (_, argv, message) => {
  await expect(run('', { argv })).rejects.toMatchObject({
    code: 'trainer_failed',
    message: expect.stringMatching(message),
  });
});

test('a program that fails says its last words, in one line and without the values of secrets', async () => {
  const secret = 'first-line-of-it\nsecond-line-of-it';
  await expect(run('fail with words', { environment: { HF_TOKEN: secret }, secrets: [secret] })).rejects.toMatchObject({
    code: 'trainer_failed',
    message: expect.stringMatching(
      /ended with exit code 3\. It said last: Traceback: \| File train\.py \| token is \[secret\] or \[secret\]$/,
    ),
  });
});

const mebibyte = 1024 ** 2;
test.each([
  ['take memory', { memoryBytesMax: 256 * mebibyte }, 'took more than 256 MiB of memory, and was ended'],
  ['let children hold memory', { memoryBytesMax: 384 * mebibyte }, 'took more than 384 MiB of memory, and was ended'],
  ['stay', { timeMsMax: 1_000 }, 'took longer than 1 s, and was ended'],
  ['write files', { filesBytesMax: 8 * mebibyte }, 'left more than 8 MiB of files, and was ended'],
  ['write files', { entriesMax: 20 }, 'left more than 20 files, and was ended'],
  ['write output', {}, 'wrote more to its standard output than is read, and was ended'],
])('programs that %s beyond their limits are ended, and said to be', async (how, change, words) => {
  await expect(run(how, { limits: { ...limits, ...change } })).rejects.toMatchObject({
    code: 'trainer_failed',
    message: expect.stringContaining(words),
  });
});

test('nothing that a program started outlives it, even what has left its group and will not end', async () => {
  const job = await jobOf('leave children behind');
  const ending = new AbortController();
  const running = runCommand(job, untold, ending.signal).catch((error: unknown) => error);
  const pids = await until('its children run', async () => {
    const found = JSON.parse(await readFile(join(job.folder, 'pids.json'), 'utf8')) as readonly number[];
    return found.every(isAlive) && found;
  });
  expect(pids).toHaveLength(3);
  ending.abort();
  await expect(running).resolves.toMatchObject({ message: expect.stringContaining('nobody waits for it any more') });
  expect(pids.map(isAlive)).toEqual([false, false, false]);
});

test('progress is told line by line; what is none is passed over', async () => {
  const job = await jobOf('say nonsense', { environment: { HF_TOKEN: 'secret-token' }, secrets: ['secret-token'] });
  const told: unknown[] = [];
  const onProgress = (progress: unknown): void => {
    if (progress === null) return;
    told.push(progress);
    writeFileSync(join(job.folder, 'go'), '');
  };
  await runCommand(job, { onStart: () => undefined, onProgress }, never());
  expect(told).toEqual([
    { done: 1, of: 2, note: '[secret]' },
    { done: 2, of: 2 },
  ]);
});
