import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { z } from 'zod';
import { environmentWithoutSecrets } from '../config.ts';
import type { Effort } from './yardsticks.ts';

export interface PythonAsk {
  readonly python: string;
  readonly args: readonly string[];
  readonly limitMs: number;
  readonly signal: AbortSignal;
  readonly onProgress: (done: number) => void;
}

/** How it went, or a sentence why it did not. */
export type PythonTold = (Effort & { readonly library: string }) | { readonly missing: string };

const lineSchema = z.union([
  z.object({ done: z.number() }),
  z.object({ missing: z.string().max(50) }),
  z.object({
    result: z.object({
      trainings: z.number().int().nonnegative().nullable(),
      cpuSeconds: z.number().nonnegative(),
      library: z.string().max(100),
    }),
  }),
]);

/** How the packages come to be there. */
export const howToInstall = 'python3 -m pip install river lightgbm, or PERENNIAL_PYTHON names another Python';

/**
 * Runs a script of Python that says one JSON object a line, within `limitMs`. It is killed when `signal` aborts, and
 * ends by itself when we do: its standard input closes. Never throws, and shows no text of Python's.
 */
export async function askPython({ python, args, limitMs, signal, onProgress }: PythonAsk): Promise<PythonTold> {
  const child = spawn(python, [...args], {
    stdio: ['pipe', 'pipe', 'ignore'],
    // Equal rows are to give equal answers, in whatever order Python keeps its sets.
    env: { ...environmentOfPython(), PYTHONHASHSEED: '0', PYTHONUTF8: '1' },
  });
  child.stdin.on('error', () => undefined);
  const told: PythonTold[] = [];
  let hasTimedOut = false;
  const kill = (): void => void child.kill('SIGKILL');
  const timer = setTimeout(() => {
    hasTimedOut = true;
    kill();
  }, limitMs);
  if (signal.aborted) kill();
  signal.addEventListener('abort', kill, { once: true });
  process.once('exit', kill);
  createInterface({ input: child.stdout }).on('line', (text) => {
    const line = parse(text);
    if (line === null) return;
    if ('done' in line) onProgress(line.done);
    else told.push('result' in line ? line.result : { missing: `${python} has no ${line.missing}; ${howToInstall}` });
  });
  const problem = await new Promise<string | null>((resolve) => {
    child.once('error', () => resolve(`${python} could not be started`));
    child.once('close', (code) => resolve(code === 0 ? null : `${python} ended without an answer`));
  });
  clearTimeout(timer);
  signal.removeEventListener('abort', kill);
  process.removeListener('exit', kill);
  if (signal.aborted) return { missing: 'it was interrupted' };
  if (hasTimedOut) return { missing: `it was not done within ${limitMs / 60_000} minutes` };
  if (problem !== null) return { missing: problem };
  return told.at(-1) ?? { missing: `${python} ended without an answer` };
}

/** What an interpreter needs to find itself and its packages; no address and no password of ours. */
const keptVariables = [
  'PATH',
  'HOME',
  'LANG',
  'TMPDIR',
  'PYTHONPATH',
  'PYENV_ROOT',
  'PYENV_VERSION',
  'LD_LIBRARY_PATH',
];

function environmentOfPython(): Readonly<Record<string, string | undefined>> {
  const all = environmentWithoutSecrets();
  return Object.fromEntries(keptVariables.map((name) => [name, all[name]]));
}

function parse(text: string): z.infer<typeof lineSchema> | null {
  try {
    return lineSchema.safeParse(JSON.parse(text)).data ?? null;
  } catch {
    return null;
  }
}
