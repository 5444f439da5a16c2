import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { findPythonTool, type PythonTool } from './python-tool.ts';

/** What PERENNIAL_SCHEMATHESIS names, else one on PATH, else one in an environment of its own. */
export function findSchemathesis(): Promise<PythonTool> {
  // Pinned: another one may check more, and then fails on what this one has never seen.
  return findPythonTool({ setting: 'PERENNIAL_SCHEMATHESIS', name: 'schemathesis', package: 'schemathesis==4.32.5' });
}

/** Runs the fuzzer to its end, killed after `limitMs`. Exit code 0 means that nothing was found. */
export async function runSchemathesis(
  command: string,
  args: readonly string[],
  limitMs: number,
): Promise<{ readonly code: number | null; readonly output: string }> {
  // It leaves notes of what it did where it stands.
  const cwd = await mkdtemp(path.join(tmpdir(), 'perennial-fuzz-'));
  const child = spawn(command, args, {
    cwd,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, NO_COLOR: '1', COLUMNS: '160' },
  });
  const chunks: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => chunks.push(chunk));
  const timer = setTimeout(() => child.kill('SIGKILL'), limitMs);
  const code = await new Promise<number | null>((resolve) => child.once('exit', resolve));
  clearTimeout(timer);
  await rm(cwd, { recursive: true, force: true });
  return { code, output: Buffer.concat(chunks).toString() };
}
