import { spawn, spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { readConfig } from '../../src/config.ts';

/** Pinned: another one may check more, and then fails on what this one has never seen. */
const version = '4.32.5';
const installLimitMs = 120_000;

/**
 * The fuzzer: what PERENNIAL_SCHEMATHESIS names, else one on PATH, else an environment of its own under the user's
 * cache (made once, with Python and a package index). A sentence instead when none of these is to be had.
 */
export async function findSchemathesis(): Promise<{ readonly command: string } | { readonly missing: string }> {
  const named = process.env['PERENNIAL_SCHEMATHESIS'];
  if (named !== undefined && named !== '') return { command: named };
  if (spawnSync('schemathesis', ['--version'], { stdio: 'ignore' }).status === 0) return { command: 'schemathesis' };
  const folder = path.join(readConfig().cacheDir, `schemathesis-${version}`);
  const command = path.join(folder, 'bin', 'schemathesis');
  if (existsSync(path.join(folder, 'complete'))) return { command };
  await rm(folder, { recursive: true, force: true });
  await mkdir(path.dirname(folder), { recursive: true });
  for (const [program, args] of [
    ['python3', ['-m', 'venv', folder]],
    [
      path.join(folder, 'bin', 'pip'),
      ['install', '--quiet', '--disable-pip-version-check', '--retries', '1', `schemathesis==${version}`],
    ],
  ] as const) {
    const { status, stderr, error } = spawnSync(program, args, {
      encoding: 'utf8',
      timeout: installLimitMs,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    if (status !== 0)
      return {
        missing: `${path.basename(program)} ${args.join(' ')}: ${(error?.message ?? stderr).trim().split('\n').at(-1)}`,
      };
  }
  await writeFile(path.join(folder, 'complete'), version);
  return { command };
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
