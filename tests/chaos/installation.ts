import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { mkdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { readTokensFile } from '../../src/access/tokens-file.ts';
import { rootDir } from '../../src/config.ts';
import { freePort } from '../../src/embedded/process/free-port.ts';
import { ownEngines } from '../worlds/own-engines.ts';

export interface Faults {
  readonly seed: number;
  /** Of everything that can be told to have failed, roughly: writes, activities, words to workflows. */
  readonly share: number;
  /** The clock of a process is off by at most this much, either way. */
  readonly clockMs: number;
  /** The folder in which they are counted. */
  readonly tally: string;
}

/** Where it answers right now. */
export interface Doors {
  readonly controlUrl: string;
  readonly inferenceUrl: string;
  readonly postgresPort: number;
  readonly admin: string;
  readonly predictor: string;
}

/** `perennial dev` in a folder of its own, started again whenever it ends, until it is told to stop. */
export interface Installation {
  /** The process of `dev` itself; 0 while there is none. */
  readonly pid: () => number;
  /** How often it was started. */
  readonly starts: () => number;
  /** Throws while it does not run. */
  readonly doors: () => Promise<Doors>;
  readonly stop: () => Promise<void>;
}

const againAfterMs = 500;
const stopLimitMs = 30_000;
const firstPort = 21_000;

export function keepInstallation(folder: string, faults: Faults | null): Installation {
  const ports = portsOfOwn();
  const stateDir = path.join(folder, 'state');
  let child: ReturnType<typeof spawn> | undefined;
  let starts = 0;
  let isStopping = false;

  const keep = async (): Promise<void> => {
    await mkdir(stateDir, { recursive: true });
    while (!isStopping) {
      starts += 1;
      child = startDev(folder, await ports, faults);
      await once(child, 'close');
      child = undefined;
      await sleep(againAfterMs);
    }
  };
  const kept = keep();

  return {
    pid: () => child?.pid ?? 0,
    starts: () => starts,
    doors: async () => {
      const stack = JSON.parse(await readFile(path.join(stateDir, 'stack.json'), 'utf8')) as Doors;
      const tokens = await readTokensFile(path.join(stateDir, 'tokens.json'));
      if (tokens === null) throw new Error('it has no tokens yet');
      return { ...stack, ...tokens };
    },
    stop: async () => {
      isStopping = true;
      child?.kill('SIGTERM');
      const timer = setTimeout(() => child?.kill('SIGKILL'), stopLimitMs);
      await kept;
      clearTimeout(timer);
    },
  };
}

const portSettings = ['INFERENCE', 'CONTROL', 'POSTGRES', 'TEMPORAL', 'TEMPORAL_UI'] as const;

/** Not the usual ones: another installation would answer on them while a process of this one is dead. */
async function portsOfOwn(): Promise<Readonly<Record<string, string>>> {
  const ports: Record<string, string> = {};
  let next = firstPort + (process.pid % 500) * 10;
  for (const name of portSettings) {
    // oxlint-disable-next-line no-await-in-loop -- the next search begins behind this port
    const port = await freePort(next);
    ports[`PERENNIAL_${name}_PORT`] = String(port);
    next = port + 1;
  }
  return ports;
}

function startDev(
  folder: string,
  ports: Readonly<Record<string, string>>,
  faults: Faults | null,
): ReturnType<typeof spawn> {
  const hook = pathToFileURL(path.join(rootDir, 'tests', 'chaos', 'faults.mjs')).href;
  const log = createWriteStream(path.join(folder, 'dev.log'), { flags: 'a' });
  const child = spawn(process.execPath, [path.join(rootDir, 'bin', 'perennial.mjs'), 'dev'], {
    env: {
      ...ownEngines(process.env),
      PERENNIAL_STATE_DIR: path.join(folder, 'state'),
      PERENNIAL_SOURCE_ROOTS: folder,
      PERENNIAL_FLUSH_MS: '20',
      ...ports,
      ...(faults === null ? {} : { NODE_OPTIONS: `--import ${hook}`, PERENNIAL_FAULTS: JSON.stringify(faults) }),
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  child.stdout?.pipe(log, { end: false });
  child.stderr?.pipe(log, { end: false });
  return child;
}
