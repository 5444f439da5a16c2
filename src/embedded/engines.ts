import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import type { Config } from '../config.ts';
import { isPerennialError, PerennialError } from '../domain/words/errors.ts';
import type { Logger } from '../telemetry/logger.ts';
import { acquireTemporal } from './temporal/acquire-temporal.ts';
import { keepAlive } from './process/keep-alive.ts';
import type { KeptAlive } from './process/keep-alive.ts';
import { startPostgres } from './postgres/postgres.ts';
import type { PostgresEngine } from './postgres/postgres.ts';
import { stopOrphans } from './process/process-record.ts';
import { tryLock } from './process/process-lock.mjs';
import { startTemporal } from './temporal/temporal.ts';
import type { TemporalEngine } from './temporal/temporal.ts';
import { withFreePorts } from './process/with-free-ports.ts';
import { isWritableFolder } from './process/writable-folder.ts';

export interface EngineOptions {
  readonly log: Logger;
  /** One line for a person whenever something takes longer than about two seconds. */
  readonly onProgress?: (line: string) => void;
}

export interface Engines {
  /** Holds a password: never log it. */
  readonly databaseUrl: string;
  /** Undefined when the connection comes from a profile or a configuration file alone. */
  readonly temporalAddress: string | undefined;
  readonly temporalUiUrl: string | undefined;
  readonly namespace: string;
  /** Ports of the embedded engines; an engine that was given from outside has none. */
  readonly ports: {
    readonly postgres: number | undefined;
    readonly temporal: number | undefined;
    readonly temporalUi: number | undefined;
  };
  /** Settings that child processes need to reach these engines. */
  readonly env: Readonly<Record<string, string>>;
  readonly pids: () => Readonly<Record<string, number>>;
  readonly restartCount: () => number;
  /** Hears when an engine ended and could not be brought back. */
  readonly onExit: (listener: (error: PerennialError) => void) => void;
  /** Stops what was started here and releases the state folder; bounded, safe to call twice. */
  readonly stop: () => Promise<void>;
}

/**
 * Starts Postgres and Temporal for one machine, or uses those that DATABASE_URL and TEMPORAL_ADDRESS name. Takes the
 * state folder for this process first, and ends what a killed predecessor left running in it. An engine that ends by
 * itself is started again on the same port.
 */
export async function startEngines(config: Config, options: EngineOptions): Promise<Engines> {
  const progress = options.onProgress ?? ((line: string) => options.log.info(line));
  await makeStateDir(config.stateDir);
  const lock = tryLock(path.join(config.stateDir, 'lock'));
  if (lock.release === undefined) {
    throw new PerennialError(
      'conflict',
      `Another Perennial (process ${lock.heldByPid}) already uses ${config.stateDir}.`,
      {
        path: config.stateDir,
        hint: 'Stop it, or give this one a folder of its own with PERENNIAL_STATE_DIR.',
      },
    );
  }
  const started: KeptAlive<unknown>[] = [];
  const listeners: ((error: PerennialError) => void)[] = [];
  const giveUp = (error: unknown) => {
    const shown = isPerennialError(error) ? error : new PerennialError('unavailable', String(error), { cause: error });
    for (const listener of listeners) listener(shown);
  };
  const stopAll = async () => {
    await Promise.allSettled(started.map((engine) => engine.stop()));
    lock.release();
  };
  try {
    const orphans = await stopOrphans(config.stateDir);
    if (orphans.length > 0) options.log.warn({ orphans }, 'ended what a killed predecessor left running');
    const keep = <Engine>(engine: KeptAlive<Engine>) => {
      started.push(engine);
      return engine;
    };
    const context = { config, log: options.log, progress, giveUp };
    const [postgres, temporal] = await settleBoth(
      config.databaseUrl === undefined ? keepPostgres(context).then(keep) : undefined,
      config.isTemporalConfigured ? undefined : keepTemporal(context).then(keep),
    );
    return describe(config, postgres, temporal, listeners, once(stopAll));
  } catch (error) {
    await stopAll();
    throw error;
  }
}

interface StartContext {
  readonly config: Config;
  readonly log: Logger;
  readonly progress: (line: string) => void;
  readonly giveUp: (error: unknown) => void;
}

async function keepPostgres({ config, log, progress, giveUp }: StartContext): Promise<KeptAlive<PostgresEngine>> {
  const base = { stateDir: config.stateDir, logFile: path.join(config.logDir, 'postgres.log'), onProgress: progress };
  return withFreePorts([config.postgresPort], ([port = 0]) =>
    keepAlive({
      name: 'postgres',
      start: (signal) => startPostgres({ ...base, port, signal }),
      processOf: (engine) => engine.process,
      log,
      onGiveUp: giveUp,
    }),
  );
}

async function keepTemporal({ config, log, progress, giveUp }: StartContext): Promise<KeptAlive<TemporalEngine>> {
  const cli = await acquireTemporal(config, progress);
  const base = {
    cli,
    stateDir: config.stateDir,
    logFile: path.join(config.logDir, 'temporal.log'),
    namespace: config.temporalNamespace,
    onProgress: progress,
  };
  return withFreePorts([config.temporalPort, config.temporalUiPort], ([port = 0, uiPort = 0]) =>
    keepAlive({
      name: 'temporal',
      start: (signal) => startTemporal({ ...base, port, uiPort, signal }),
      processOf: (engine) => engine.process,
      log,
      onGiveUp: giveUp,
    }),
  );
}

/** Waits for both also when one fails: otherwise the other would come up after the clean-up. */
async function settleBoth<First, Second>(
  first: Promise<First> | undefined,
  second: Promise<Second> | undefined,
): Promise<[First | undefined, Second | undefined]> {
  await Promise.allSettled([first, second]);
  return Promise.all([first, second]);
}

function describe(
  config: Config,
  postgres: KeptAlive<PostgresEngine> | undefined,
  temporal: KeptAlive<TemporalEngine> | undefined,
  listeners: ((error: PerennialError) => void)[],
  stop: () => Promise<void>,
): Engines {
  const databaseUrl = postgres?.engine().url ?? config.databaseUrl ?? '';
  const temporalAddress = temporal?.engine().address ?? config.temporalAddress;
  const temporalUiUrl = config.temporalUiUrl ?? temporal?.engine().uiUrl;
  const portOf = (url: string | undefined) =>
    url === undefined ? undefined : Number(url.slice(url.lastIndexOf(':') + 1));
  return {
    databaseUrl,
    temporalAddress,
    temporalUiUrl,
    namespace: config.temporalNamespace,
    ports: {
      postgres: postgres?.engine().port,
      temporal: portOf(temporal?.engine().address),
      temporalUi: portOf(temporal?.engine().uiUrl),
    },
    env: {
      DATABASE_URL: databaseUrl,
      // A profile names its own namespace.
      ...(temporalAddress === undefined ? {} : { TEMPORAL_NAMESPACE: config.temporalNamespace }),
      PERENNIAL_STATE_DIR: config.stateDir,
      ...(temporalAddress === undefined ? {} : { TEMPORAL_ADDRESS: temporalAddress }),
      ...(temporalUiUrl === undefined ? {} : { PERENNIAL_TEMPORAL_UI_URL: temporalUiUrl }),
    },
    pids: () => ({
      ...(postgres === undefined ? {} : { postgres: postgres.engine().process.pid }),
      ...(temporal === undefined ? {} : { temporal: temporal.engine().process.pid }),
    }),
    restartCount: () => (postgres?.restartCount() ?? 0) + (temporal?.restartCount() ?? 0),
    onExit: (listener) => void listeners.push(listener),
    stop,
  };
}

function once(run: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> | undefined;
  return () => (running ??= run());
}

async function makeStateDir(stateDir: string): Promise<void> {
  const failure = await mkdir(stateDir, { recursive: true, mode: 0o700 }).then(
    () => undefined,
    (error: unknown) => error,
  );
  if (failure === undefined && (await isWritableFolder(stateDir))) return;
  throw new PerennialError('configuration', `The state folder ${stateDir} cannot be written by this user.`, {
    path: 'PERENNIAL_STATE_DIR',
    hint: 'Set PERENNIAL_STATE_DIR to a folder that this user may write.',
    cause: failure,
  });
}
