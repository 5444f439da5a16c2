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
  /** What it needs and does not ask for, pinned as well. */
  readonly more?: readonly string[];
}

const installLimitMs = 120_000;

/**
 * What the setting names, else one on PATH, else an environment of its own under the user's cache (made once, with
 * Python and a package index).
 */
export async function findPythonTool({ setting, name, package: pinned, more = [] }: Wanted): Promise<PythonTool> {
  const named = process.env[setting];
  if (named !== undefined && named !== '') return { command: named };
  if (spawnSync('sh', ['-c', `command -v ${name}`], { stdio: 'ignore' }).status === 0) return { command: name };
  const folder = path.join(readConfig().cacheDir, pinned.replace('==', '-'));
  return makeEnvironment({ folder, name, packages: ['--retries', '1', pinned, ...more], limitMs: installLimitMs });
}

/** An environment of Python that is made once, and the program in it that is asked for. */
export async function makeEnvironment(wanted: {
  readonly folder: string;
  readonly name: string;
  /** As pip is told them. */
  readonly packages: readonly string[];
  readonly limitMs: number;
}): Promise<PythonTool> {
  const { folder, name, packages, limitMs } = wanted;
  const made = { command: path.join(folder, 'bin', name) };
  const complete = path.join(folder, 'complete');
  if (existsSync(complete)) return made;
  // Files that run at once would make it in each other's way.
  const lock = await waitForLock(`${folder}.lock`, 2 * limitMs);
  if (lock?.release === undefined) return { missing: `another process has been making ${folder} for too long` };
  try {
    if (existsSync(complete)) return made;
    await rm(folder, { recursive: true, force: true });
    await mkdir(path.dirname(folder), { recursive: true });
    const pip = [path.join(folder, 'bin', 'pip'), 'install', '--quiet', '--disable-pip-version-check', ...packages];
    const missing = whyNot(['python3', '-m', 'venv', folder], limitMs) ?? whyNot(pip, limitMs);
    if (missing !== null) return { missing };
    await writeFile(complete, packages.join(' '));
    return made;
  } finally {
    lock.release();
  }
}

/** Why a command did not end well; null where it did. */
function whyNot([program = '', ...args]: readonly string[], timeout: number): string | null {
  const { status, stderr, error } = spawnSync(program, args, {
    encoding: 'utf8',
    timeout,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  if (status === 0) return null;
  return `${path.basename(program)} ${args.join(' ')}: ${(error?.message ?? stderr).trim().split('\n').at(-1)}`;
}

/** For `titled`: null when the program is there. */
export function missingOf(tool: PythonTool): Missing | null {
  return 'missing' in tool ? { tool: 'python', why: tool.missing } : null;
}
