import { spawn } from 'node:child_process';
import path from 'node:path';
import { rootDir } from '../../src/config.ts';
import { ownEngines } from './own-engines.ts';

export interface DemoResult {
  /** Null when it was killed. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface DemoRunOptions {
  readonly args: readonly string[];
  readonly stateDir: string;
}

const stopLimitMs = 30_000;

/**
 * Plays `bin/perennial.mjs demo` to the end, as a person would, with a state folder and engines of its own; after the
 * limit it is told to stop, and killed when it has not ended 30 s later.
 */
export async function runDemo({ args, stateDir }: DemoRunOptions, limitMs: number): Promise<DemoResult> {
  const child = spawn(process.execPath, [path.join(rootDir, 'bin', 'perennial.mjs'), 'demo', ...args], {
    env: { ...ownEngines(process.env), PERENNIAL_STATE_DIR: stateDir },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  const stop = setTimeout(() => child.kill('SIGINT'), limitMs);
  const kill = setTimeout(() => child.kill('SIGKILL'), limitMs + stopLimitMs);
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  clearTimeout(stop);
  clearTimeout(kill);
  return { code, stdout, stderr };
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
