import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { chmod, mkdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { readConfig } from '../../src/config.ts';
import { waitForLock } from '../../src/embedded/process/process-lock.mjs';
import type { PythonTool } from './python-tool.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const installLimitMs = 600_000;

/**
 * A Python with all that training code of tests needs: what PERENNIAL_PYTHON names, else an environment of
 * python/requirements.lock under the user's cache, made once.
 */
export async function findTrainerPython(): Promise<PythonTool> {
  const named = process.env['PERENNIAL_PYTHON'];
  if (named !== undefined && named !== '') return { command: named };
  const lockFile = path.join(root, 'python', 'requirements.lock');
  const digest = createHash('sha256').update(readFileSync(lockFile)).digest('hex').slice(0, 16);
  const folder = path.join(readConfig().cacheDir, `python-trainers-${digest}`);
  const command = path.join(folder, 'bin', 'python');
  if (existsSync(path.join(folder, 'complete'))) return { command };
  const lock = await waitForLock(`${folder}.lock`, 2 * installLimitMs);
  if (lock?.release === undefined) return { missing: `another process has been making ${folder} for too long` };
  try {
    if (existsSync(path.join(folder, 'complete'))) return { command };
    await rm(folder, { recursive: true, force: true });
    await mkdir(path.dirname(folder), { recursive: true });
    const missing =
      told('python3', ['-m', 'venv', folder]) ??
      told(command, ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--no-deps', '-r', lockFile]);
    if (missing !== null) return { missing };
    await writeFile(path.join(folder, 'complete'), '');
    return { command };
  } finally {
    lock.release();
  }
}

function told(program: string, args: readonly string[]): string | null {
  const { status, stderr, error } = spawnSync(program, args, {
    encoding: 'utf8',
    timeout: installLimitMs,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  return status === 0 ? null : `${path.basename(program)}: ${(error?.message ?? stderr).trim().split('\n').at(-1)}`;
}

/**
 * Puts a `python` into a folder that knows the package of this checkout, and gives that folder for PATH. The
 * environment is shared by checkouts, so nothing of one is installed into it.
 */
export async function pythonIn(folder: string, command: string): Promise<string> {
  const bin = path.join(folder, 'python-bin');
  await mkdir(bin, { recursive: true });
  const file = path.join(bin, 'python');
  const source = path.join(root, 'python', 'src');
  await writeFile(file, `#!/bin/sh\nPYTHONPATH='${source}' exec '${command}' "$@"\n`);
  await chmod(file, 0o755);
  return bin;
}
