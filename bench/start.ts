import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { rootDir } from '../src/config.ts';
import { environmentOfOwnEngines } from './own-engines.ts';
import { readOptions } from '../tools/options.mjs';

const help = `npm run bench:start [-- --json]

Starts the whole stack twice on engines of its own, in a folder of its own (the first start builds what is kept), and
prints of the second:
  startMs     from the moment when Postgres and Temporal run until inference and control answer (target: at most 4,000)
  idleBytes   memory of every process that perennial dev started, and of itself, after 30 s without work: the sum of
              proportional set sizes (Pss; Linux only) (target: below 750 MiB)`;

const targets = { startMs: 4_000, idleBytes: 750 * 2 ** 20 } as const;
const settleMs = 30_000;
const startLimitMs = 120_000;

const { values } = readOptions({
  options: { json: { type: 'boolean', default: false }, help: { type: 'boolean', short: 'h', default: false } },
});
if (values.help) process.stdout.write(`${help}\n`);
else await bench();

async function bench(): Promise<void> {
  const folder = await mkdtemp(path.join(tmpdir(), 'perennial-bench-'));
  try {
    await startAndStop(folder, 0);
    const measured = await startAndStop(folder, settleMs);
    const isWithin = measured.startMs <= targets.startMs && (measured.idleBytes ?? 0) < targets.idleBytes;
    if (values.json) process.stdout.write(`${JSON.stringify({ ...measured, targets, isWithin })}\n`);
    else {
      const memory = measured.idleBytes === null ? 'not known here' : `${Math.round(measured.idleBytes / 2 ** 20)} MiB`;
      process.stdout.write(`start after the engines run  ${Math.round(measured.startMs)} ms  (target 4000)\n`);
      process.stdout.write(`idle stack                   ${memory}  (target below 750)\n`);
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

interface Measured {
  readonly startMs: number;
  /** Null where the system has no proportional set sizes. */
  readonly idleBytes: number | null;
}

/** `perennial dev` as a person starts it, in a process of its own. */
async function startAndStop(folder: string, idleMs: number): Promise<Measured> {
  const child = spawn(process.execPath, [path.join(rootDir, 'bin', 'perennial.mjs'), 'dev'], {
    env: { ...process.env, ...environmentOfOwnEngines(folder) },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(child, 'close');
  try {
    const startMs = await millisecondsToStart(child);
    await sleep(idleMs);
    return { startMs, idleBytes: idleMs === 0 ? null : await memoryOf(child.pid ?? 0) };
  } finally {
    child.kill('SIGTERM');
    await ended;
  }
}

/** From the line that says that the engines run to the last line of the table that `dev` prints. */
async function millisecondsToStart(child: ChildProcessByStdio<null, Readable, null>): Promise<number> {
  let enginesAtMs = performance.now();
  for await (const line of createInterface({ input: child.stdout, signal: AbortSignal.timeout(startLimitMs) })) {
    process.stderr.write(`${line}\n`);
    if (line.includes('starting inference')) enginesAtMs = performance.now();
    if (line.trimStart().startsWith('tokens ')) return performance.now() - enginesAtMs;
  }
  throw new Error('the stack ended before it had started');
}

/** The proportional set sizes of a process and everything below it; a process that has just ended counts nothing. */
async function memoryOf(pid: number): Promise<number | null> {
  const rollup = await readFile(`/proc/${pid}/smaps_rollup`, 'utf8').catch(() => null);
  if (rollup === null && !existsSync('/proc/self/smaps_rollup')) return null;
  const own = Number(/^Pss:\s+(\d+) kB/m.exec(rollup ?? '')?.[1] ?? 0) * 1_024;
  const children = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8').catch(() => '');
  const below = await Promise.all(
    children
      .split(' ')
      .filter(Boolean)
      .map((child) => memoryOf(Number(child))),
  );
  return below.reduce<number>((sum, bytes) => sum + (bytes ?? 0), own);
}
