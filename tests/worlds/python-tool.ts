import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { readConfig } from '../../src/config.ts';
import { waitForLock } from '../../src/embedded/process/process-lock.mjs';
import type { Missing } from './tools.ts';

/** Where a program from Python's package index is, or a sentence why it is not to be had. */
export type PythonTool = { readonly command: string } | { readonly missing: string };

interface Wanted {
  /** Names the program where somebody has installed it already, as CI has. */
  readonly setting: string;
  /** As it is called in the environment, and on PATH. */
  readonly name: string;
  /** Pinned: `name==version`. */
  readonly package: string;
}

const installLimitMs = 120_000;

/**
 * What the setting names, else one on PATH, else an environment of its own under the user's cache (made once, with
 * Python and a package index).
 */
export async function findPythonTool({ setting, name, package: pinned }: Wanted): Promise<PythonTool> {
  const named = process.env[setting];
  if (named !== undefined && named !== '') return { command: named };
  if (spawnSync('sh', ['-c', `command -v ${name}`], { stdio: 'ignore' }).status === 0) return { command: name };
  const folder = path.join(readConfig().cacheDir, pinned.replace('==', '-'));
  const command = path.join(folder, 'bin', name);
  if (existsSync(path.join(folder, 'complete'))) return { command };
  // Files that run at once would make it in each other's way.
  const lock = await waitForLock(`${folder}.lock`, 2 * installLimitMs);
  if (lock?.release === undefined) return { missing: `another process has been making ${folder} for too long` };
  try {
    return existsSync(path.join(folder, 'complete')) ? { command } : await install(folder, command, pinned);
  } finally {
    lock.release();
  }
}

async function install(folder: string, command: string, pinned: string): Promise<PythonTool> {
  await rm(folder, { recursive: true, force: true });
  await mkdir(path.dirname(folder), { recursive: true });
  for (const [program, args] of [
    ['python3', ['-m', 'venv', folder]],
    [path.join(folder, 'bin', 'pip'), ['install', '--quiet', '--disable-pip-version-check', '--retries', '1', pinned]],
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
  await writeFile(path.join(folder, 'complete'), pinned);
  return { command };
}

/** For `titled`: null when the program is there. */
export function missingOf(tool: PythonTool): Missing | null {
  return 'missing' in tool ? { tool: 'python', why: tool.missing } : null;
}
