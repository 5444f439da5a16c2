import path from 'node:path';
import { startGuarded } from '../process/guarded-process.ts';
import type { GuardedProcess } from '../process/guarded-process.ts';
import { runCommand } from '../process/run-command.ts';
import type { TemporalCli } from './temporal-cli.ts';
import { prepareTemporalDatabase } from './temporal-database.ts';
import { temporalFlags } from './temporal-flags.ts';
import { waitForTemporal } from './temporal-ready.ts';

export interface TemporalOptions {
  readonly cli: TemporalCli;
  readonly stateDir: string;
  readonly logFile: string;
  readonly namespace: string;
  readonly port: number;
  readonly uiPort: number;
  readonly onProgress?: ((line: string) => void) | undefined;
  /** Gives up waiting and stops what was started. */
  readonly signal?: AbortSignal | undefined;
}

export interface TemporalEngine {
  readonly address: string;
  readonly uiUrl: string;
  readonly process: GuardedProcess;
}

const stopSteps = [
  { signal: 'SIGTERM', waitMs: 8_000 },
  { signal: 'SIGKILL', waitMs: 1_000 },
] as const;

/** Starts the embedded Temporal server with its Web UI and waits until the namespace answers. */
export async function startTemporal(options: TemporalOptions): Promise<TemporalEngine> {
  const folder = path.join(options.stateDir, 'temporal');
  const databaseFile = await prepareTemporalDatabase(folder, options.cli.serverVersion);
  const help = await runCommand(options.cli.file, ['server', 'start-dev', '--help'], { limitMs: 15_000 });
  const engine = await startGuarded({
    name: 'temporal',
    command: options.cli.file,
    args: temporalFlags({
      databaseFile,
      namespace: options.namespace,
      port: options.port,
      uiPort: options.uiPort,
      help: help.output,
    }),
    cwd: folder,
    // The caller's TEMPORAL_* and configuration file are for clients; the server must not depend on a home folder.
    env: { PATH: process.env['PATH'], HOME: folder, TZ: 'UTC' },
    logFile: options.logFile,
    stateDir: options.stateDir,
    stopSteps,
  });
  const address = `127.0.0.1:${options.port}`;
  try {
    await waitForTemporal({
      address,
      uiPort: options.uiPort,
      namespace: options.namespace,
      engine,
      logFile: options.logFile,
      onProgress: options.onProgress,
      signal: options.signal,
    });
  } catch (error) {
    await engine.stop();
    throw error;
  }
  return { address, uiUrl: `http://127.0.0.1:${options.uiPort}`, process: engine };
}
