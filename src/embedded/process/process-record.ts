import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isSameProcess, processStartToken } from './process-lock.mjs';

/** A process that this state folder answers for. `signal` asks it to end in good order. */
export interface ProcessEntry {
  readonly name: string;
  readonly pid: number;
  readonly signal: NodeJS.Signals;
}

interface StoredEntry extends ProcessEntry {
  readonly startToken: string;
}

const orderlyMs = 10_000;
const killedMs = 5_000;

const folder = (stateDir: string) => path.join(stateDir, 'run');

/** Where the record of a process stands; its folder is made. */
export async function recordFileOf(stateDir: string, name: string): Promise<string> {
  await mkdir(folder(stateDir), { recursive: true });
  return path.join(folder(stateDir), `${name}.json`);
}

/** Writes `<state>/run/<name>.json`, so that the next start finds the process even after `kill -9` of everything. */
export async function recordProcess(stateDir: string, entry: ProcessEntry): Promise<void> {
  const startToken = processStartToken(entry.pid);
  if (startToken === undefined) return;
  const file = await recordFileOf(stateDir, entry.name);
  const stored: StoredEntry = { ...entry, startToken };
  await writeFile(`${file}.new`, `${JSON.stringify(stored)}\n`);
  await rename(`${file}.new`, file);
}

/** Makes sure that the process is gone (it normally is), then drops its record. */
export async function forgetProcess(stateDir: string, entry: Pick<ProcessEntry, 'name' | 'pid'>): Promise<void> {
  const file = path.join(folder(stateDir), `${entry.name}.json`);
  const stored = await readEntry(file);
  if (stored?.pid !== entry.pid) return;
  await endProcess(stored);
  await rm(file, { force: true });
}

/**
 * Ends what a killed predecessor left behind, all at once, at most about 15 s. Only a process with the recorded start
 * time is touched: a pid that was given to somebody else is not ours. Returns the names of those it ended.
 */
export async function stopOrphans(stateDir: string): Promise<string[]> {
  const names = await readdir(folder(stateDir)).catch(() => []);
  const ended = await Promise.all(
    names.map(async (name) => {
      const file = path.join(folder(stateDir), name);
      const stored = name.endsWith('.json') ? await readEntry(file) : undefined;
      const hasEnded = stored !== undefined && (await endProcess(stored));
      await rm(file, { force: true });
      return hasEnded ? stored.name : undefined;
    }),
  );
  return ended.filter((name) => name !== undefined);
}

async function endProcess(entry: StoredEntry): Promise<boolean> {
  if (!isSameProcess(entry.pid, entry.startToken)) return false;
  for (const [signal, waitMs] of [
    [entry.signal, orderlyMs],
    ['SIGKILL', killedMs],
  ] as const) {
    try {
      process.kill(entry.pid, signal);
    } catch {
      // Gone meanwhile, or another user's: the loop below tells.
    }
    const deadline = performance.now() + waitMs;
    while (performance.now() < deadline) {
      if (!isSameProcess(entry.pid, entry.startToken)) return true;
      await sleep(20);
    }
  }
  return true;
}

async function readEntry(file: string): Promise<StoredEntry | undefined> {
  try {
    const value = JSON.parse(await readFile(file, 'utf8')) as Partial<StoredEntry>;
    const { name, pid, signal, startToken } = value;
    if (name === undefined || pid === undefined || signal === undefined || startToken === undefined) return undefined;
    return { name, pid, signal, startToken };
  } catch {
    return undefined;
  }
}
