import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { readConfig } from '../../src/config.ts';
import { makeEnvironment, type PythonTool } from './python-tool.ts';

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
  return makeEnvironment({
    folder,
    name: 'python',
    packages: ['--no-deps', '-r', lockFile],
    limitMs: installLimitMs,
  });
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
