import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import process from 'node:process';
import { promisify } from 'node:util';
import { number, object, string, union } from 'zod';
import { rootDir } from '../../src/config.ts';
import { loaderArguments } from '../../src/entry-point.ts';
import { settings } from './settings.ts';

const run = promisify(execFile);
/** A million rows take minutes on a busy machine; beyond this something hangs. */
const fitMsMax = 1_800_000;

export const trainers = ['perennial', 'lightgbm', 'lightgbm-rows', 'scikit-learn'] as const;
export type TrainerName = (typeof trainers)[number];

const measured = object({
  cpuMs: number(),
  wallMs: number(),
  peakMiB: number(),
  version: string().optional(),
  digest: string().optional(),
});
const answer = union([object({ missing: string() }), measured]);

export type Measured = ReturnType<typeof measured.parse>;

export interface FitOn {
  readonly folder: string;
  readonly threads: number;
  readonly python: string;
}

/** One fit in a process of its own. Text: why there is none. */
export async function runTrainer(name: TrainerName, { folder, threads, python }: FitOn): Promise<Measured | string> {
  const bench = join(rootDir, 'bench', 'training');
  const [program, args] =
    name === 'perennial'
      ? [process.execPath, [...loaderArguments(), join(bench, 'own.ts'), folder]]
      : [python, [join(bench, 'peer.py'), name, folder, JSON.stringify(settings), `${threads}`]];
  try {
    const { stdout } = await run(program, args, { cwd: rootDir, timeout: fitMsMax, maxBuffer: 1_048_576 });
    const told = answer.parse(JSON.parse(stdout));
    return 'missing' in told ? `${name} not found: ${python} has no package "${told.missing}"` : told;
  } catch (error) {
    if (isNotFound(error)) return `${name} not found: there is no "${python}"`;
    throw error;
  }
}

/** What the newest fit of this trainer answered to the held-out rows. */
export async function readAnswers(folder: string, name: TrainerName): Promise<Float64Array> {
  const bytes = await readFile(join(folder, `${name}.f64`));
  return new Float64Array(new Uint8Array(bytes).buffer);
}

function isNotFound(error: unknown): boolean {
  return typeof error === 'object' && error !== null && Reflect.get(error, 'code') === 'ENOENT';
}
