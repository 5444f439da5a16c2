import { spawn } from 'node:child_process';
import path from 'node:path';
import { rootDir } from '../../src/config.ts';
import { withoutEngines } from './loop-world.ts';

export interface DemoResult {
  /** Null when it was killed. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly seconds: number;
}

export interface RunningDemo {
  readonly pid: number;
  readonly done: Promise<DemoResult>;
  readonly seconds: () => number;
  /** Ctrl-C, and `kill -9` when it has not ended 30 s later. */
  stop(): Promise<void>;
}

export interface DemoRunOptions {
  readonly args: readonly string[];
  readonly stateDir: string;
  /** Hears what it says on standard error. */
  readonly onLine?: (line: string) => void;
}

const stopLimitMs = 30_000;

/** Starts `bin/perennial.mjs demo`, as a person would, with a state folder and engines of its own. */
export function startDemo({ args, stateDir, onLine }: DemoRunOptions): RunningDemo {
  const startedMs = performance.now();
  const seconds = (): number => (performance.now() - startedMs) / 1_000;
  const child = spawn(process.execPath, [path.join(rootDir, 'bin', 'perennial.mjs'), 'demo', ...args], {
    env: { ...withoutEngines(process.env), PERENNIAL_STATE_DIR: stateDir },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk.toString();
    for (const line of chunk.toString().split('\n')) if (line.trim() !== '') onLine?.(line);
  });
  const done = new Promise<DemoResult>((resolve) =>
    child.once('close', (code) => resolve({ code, stdout, stderr, seconds: seconds() })),
  );
  return {
    pid: child.pid ?? 0,
    done,
    seconds,
    stop: async () => {
      child.kill('SIGINT');
      const timer = setTimeout(() => child.kill('SIGKILL'), stopLimitMs);
      await done;
      clearTimeout(timer);
    },
  };
}

/** Plays to the end, or stops it after the limit. */
export async function runDemo(options: DemoRunOptions, limitMs: number): Promise<DemoResult> {
  const demo = startDemo(options);
  const timer = setTimeout(() => void demo.stop(), limitMs);
  const result = await demo.done;
  clearTimeout(timer);
  return result;
}

/** The last line of standard output as JSON. */
export function jsonLine(result: DemoResult): Record<string, unknown> {
  const line = result.stdout.trim().split('\n').at(-1) ?? '';
  try {
    return JSON.parse(line) as Record<string, unknown>;
  } catch {
    throw new Error(
      `the demo ended with code ${String(result.code)} and no JSON line: ${line}\n${result.stderr.slice(-2_000)}`,
    );
  }
}
