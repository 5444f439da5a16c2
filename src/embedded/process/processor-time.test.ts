import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import process from 'node:process';
import { afterAll, expect, test } from 'vitest';
import { cpuMsOf, familyCpuMsOf, parentOf } from './processor-time.ts';

const burntMs = 200;
/** The kernel tells what ended processes took in hundredths of a second, own and of the system each by itself. */
const tickMs = 10;
const burn = `
  const begin = process.cpuUsage().user;
  while (process.cpuUsage().user - begin < ${burntMs * 1_000});
`;
const run = (script: string): string => `[process.execPath, ['-e', ${JSON.stringify(script)}]]`;
const started: ChildProcess[] = [];
afterAll(() => started.forEach((child) => child.kill('SIGKILL')));

interface Started {
  readonly pid: number;
  /** Lets it go on, and resolves to what it says then. */
  readonly goOn: () => Promise<string>;
}

/** A process that has run `first`, in which it says something, and runs `then` when it is told to go on. */
async function startedWith(first: string, then: string): Promise<Started> {
  const script = `${first}; process.stdin.on('data', () => { ${then} })`;
  const child = spawn(process.execPath, ['-e', script], { stdio: ['pipe', 'pipe', 'inherit'] });
  started.push(child);
  await once(child.stdout, 'data');
  const goOn = async (): Promise<string> => {
    child.stdin.write('on\n');
    return String((await once(child.stdout, 'data'))[0]);
  };
  return { pid: child.pid ?? 0, goOn };
}

test('what a child took still counts when it has ended, and so does what its own children took', async () => {
  const child = `require('node:child_process').spawnSync(...${run(burn)}); ${burn}`;
  const { pid, goOn } = await startedWith(
    'console.log("ready")',
    `require('node:child_process').spawn(...${run(child)}).on('exit', () => console.log('ended'))`,
  );
  const before = await familyCpuMsOf(pid);
  await goOn();
  expect((await familyCpuMsOf(pid)) - before).toBeGreaterThanOrEqual(2 * (burntMs - 2 * tickMs));
});

test('a child that lives counts once', async () => {
  const child = `${burn}; console.log('burnt');
    process.stdin.on('data', () => console.log(process.cpuUsage().user + process.cpuUsage().system))`;
  const { pid, goOn } = await startedWith(
    `const child = require('node:child_process').spawn(...${run(child)}, { stdio: ['pipe', 'inherit', 'inherit'] })`,
    `child.stdin.write('on')`,
  );
  const family = await familyCpuMsOf(pid);
  const ofChild = family - (await cpuMsOf(pid));
  const saidMs = Number(await goOn()) / 1_000;
  expect(family).toBeGreaterThanOrEqual(burntMs);
  expect(ofChild).toBeLessThanOrEqual(saidMs + 2 * tickMs);
});

test('what a thread took still counts when it has ended', async () => {
  const { pid, goOn } = await startedWith(
    'console.log("ready")',
    `const { Worker } = require('node:worker_threads');
     new Worker(${JSON.stringify(burn)}, { eval: true }).on('exit', () => console.log('ended'))`,
  );
  const before = await cpuMsOf(pid);
  await goOn();
  expect((await cpuMsOf(pid)) - before).toBeGreaterThanOrEqual(burntMs - 2 * tickMs);
});

test('who started a process is told; where there is none nobody has, and it took nothing', async () => {
  const { pid } = await startedWith('console.log("ready")', '');
  expect(await parentOf(pid)).toBe(process.pid);
  expect(await parentOf(0)).toBeNull();
  expect(await familyCpuMsOf(0)).toBe(0);
});
