import { statSync } from 'node:fs';
import { rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ensureFirstTokens, readTokensFile } from '../access/first-tokens.ts';
import { ensureInstallationKey } from '../access/ensure-installation-key.ts';
import type { Config } from '../config.ts';
import { createDatabase, type Database } from '../db/base/connect.ts';
import { ensureLogins, type LoginUrls } from '../db/base/logins.ts';
import { migrate } from '../db/base/migrate.ts';
import { PerennialError } from '../domain/words/errors.ts';
import { startEngines, type Engines } from '../embedded/engines.ts';
import { keepLogsSmall } from '../embedded/process/rotate-log.ts';
import { loginUrlsOf } from '../embedded/postgres/login-urls.ts';
import { superviseProcesses, type Supervised } from '../embedded/process/supervisor.ts';
import { withFreePorts } from '../embedded/process/with-free-ports.ts';
import { startArguments } from '../entry-point.ts';
import { writeSourceRoots, type SourceRoot } from '../settings/source-roots.ts';
import type { Logger } from '../telemetry/logger.ts';
import { serverBundle } from './server-bundle.ts';

/** Everything that runs on one machine: embedded engines and our own processes under one supervisor. */
export interface StartedStack {
  readonly config: Config;
  readonly database: Database;
  readonly controlUrl: string;
  readonly inferenceUrl: string;
  readonly temporalUiUrl: string | undefined;
  readonly temporalAddress: string | undefined;
  readonly namespace: string;
  readonly tokens: { readonly admin: string; readonly predictor: string };
  readonly tokensFile: string;
  /** Ports that were taken and what is used instead: for the person who reads the table. */
  readonly movedPorts: readonly string[];
  readonly pids: () => Readonly<Record<string, number>>;
  readonly restartCount: () => number;
  readonly stop: () => Promise<void>;
}

export interface StackOptions {
  readonly log: Logger;
  readonly onProgress: (line: string) => void;
  /** Hears when an engine is gone for good. */
  readonly onFatal: (error: PerennialError) => void;
  /** Files that any definition may name as its source, beside what the settings say. */
  readonly sourceFiles?: readonly string[];
}

const readyLimitMs = 90_000;

/**
 * Starts engines, migrates, makes the first tokens, starts inference, control and worker, and waits until they answer.
 */
export async function startStack(config: Config, options: StackOptions): Promise<StartedStack> {
  options.onProgress('starting Postgres and Temporal');
  const engines = await startEngines(config, options);
  engines.onExit(options.onFatal);
  const database = createDatabase(config.ownerDatabaseUrl ?? engines.databaseUrl, {
    applicationName: 'perennial-cli',
    onIdleError: () => undefined,
  });
  try {
    const applied = await migrate(database);
    if (applied.length > 0) options.onProgress(`applied ${applied.length} migration(s)`);
    const logins = loginsOf(config, engines);
    if (logins !== null) await ensureLogins(database, logins);
    await ensureInstallationKey(database, config.installationKeyFile);
    const { file: tokensFile } = await ensureFirstTokens(database, config.stateDir);
    const tokens = await readTokensFile(tokensFile);
    if (tokens === null)
      throw new PerennialError('configuration', `${tokensFile} cannot be read.`, { path: tokensFile });
    options.onProgress('starting inference, control and worker');
    return await withFreePorts(
      [config.inferencePort, config.controlPort],
      async ([inferencePort = 0, controlPort = 0]) => {
        const { supervised, logs, ...own } = await startOwn(
          config,
          engines,
          { inferencePort, controlPort, logins },
          tokens,
          options,
        );
        return {
          ...own,
          config,
          database,
          tokens,
          tokensFile,
          stop: () => {
            logs.stop();
            return stopAll(config, supervised, database, engines);
          },
        };
      },
    );
  } catch (error) {
    await database.close();
    await engines.stop();
    throw error;
  }
}

async function startOwn(
  config: Config,
  engines: Engines,
  ports: { readonly inferencePort: number; readonly controlPort: number; readonly logins: LoginUrls | null },
  tokens: StartedStack['tokens'],
  options: StackOptions,
) {
  const inferenceUrl = `http://${config.host}:${ports.inferencePort}`;
  const controlUrl = `http://${config.host}:${ports.controlPort}`;
  const sourceRoots = writeSourceRoots(sourceRootsOf(config, options));
  const processes = processesOf(await serverBundle(config.rootDir), inferenceUrl, controlUrl, {
    ...engines.env,
    ...environmentOf(ports.logins),
    PERENNIAL_INFERENCE_PORT: String(ports.inferencePort),
    PERENNIAL_CONTROL_PORT: String(ports.controlPort),
    PERENNIAL_INFERENCE_URL: inferenceUrl,
    PERENNIAL_CONTROL_URL: controlUrl,
    PERENNIAL_SOURCE_ROOTS: sourceRoots,
    ...trainersOf(config),
    PERENNIAL_INSTALLATION_KEY_FILE: config.installationKeyFile,
  });
  const { logDir, stateDir } = config;
  const logs = keepLogsSmall(logDir);
  const supervised = superviseProcesses(processes, {
    log: options.log,
    logDir,
    stateDir,
    onProgress: options.onProgress,
  });
  try {
    await supervised.ready(readyLimitMs);
    await proveOurs(`${controlUrl}/v1/models`, tokens.admin);
    await proveOurs(`${inferenceUrl}/v2`, tokens.predictor);
  } catch (error) {
    logs.stop();
    await supervised.stop();
    throw error;
  }
  const found = {
    controlUrl,
    inferenceUrl,
    temporalUiUrl: engines.temporalUiUrl,
    temporalAddress: engines.temporalAddress,
    namespace: engines.namespace,
  };
  await writeStackFile(config, {
    ...found,
    postgresPort: engines.ports.postgres,
    sourceRoots,
    tokensFile: path.join(config.stateDir, 'tokens.json'),
  });
  return {
    ...found,
    supervised,
    logs,
    movedPorts: movedPortsOf(config, engines, ports),
    pids: () => ({ ...engines.pids(), ...supervised.pids() }),
    restartCount: () => engines.restartCount() + supervised.restartCount(),
  };
}

function processesOf(
  server: Awaited<ReturnType<typeof serverBundle>>,
  inferenceUrl: string,
  controlUrl: string,
  env: Readonly<Record<string, string>>,
): Parameters<typeof superviseProcesses>[0] {
  return [
    {
      name: 'inference',
      args: startArguments('main-inference', server),
      env,
      hasSecrets: false,
      readyUrl: `${inferenceUrl}/health/live`,
    },
    { name: 'control', args: startArguments('main-control', server), env, readyUrl: `${controlUrl}/health/live` },
    { name: 'worker', args: startArguments('main-worker', server), env },
  ];
}

/** Not the owner's, where we own the server or were told of others; null where there is one login for everything. */
function loginsOf(config: Config, engines: Engines): LoginUrls | null {
  if (config.ownerDatabaseUrl !== undefined) return { app: config.databaseUrl, read: config.readDatabaseUrl };
  return engines.ports.postgres === undefined ? null : loginUrlsOf(engines.databaseUrl);
}

/** The owner's login stays with this process. */
function environmentOf(logins: LoginUrls | null): Readonly<Record<string, string>> {
  if (logins === null) return {};
  return {
    PERENNIAL_OWNER_DATABASE_URL: '',
    ...(logins.app === undefined ? {} : { DATABASE_URL: logins.app }),
    ...(logins.read === undefined ? {} : { PERENNIAL_READ_DATABASE_URL: logins.read }),
  };
}

/** What was declared, or else the folder of the person who started all this; never the whole disk. */
function sourceRootsOf(config: Config, { sourceFiles = [] }: StackOptions): readonly SourceRoot[] {
  const files = sourceFiles.map((file) => ({ scope: '*', path: file }));
  const declared = config.sourceRoots.length > 0 ? config.sourceRoots : [{ scope: '*', path: process.cwd() }];
  return [...declared, ...files];
}

/** What was declared, or else the folder `trainers` of the person who started all this, where there is one. */
function trainersOf({ trainersDir }: Config): Readonly<Record<string, string>> {
  if (trainersDir !== undefined) return { PERENNIAL_TRAINERS_DIR: trainersDir };
  const own = path.join(process.cwd(), 'trainers');
  return statSync(own, { throwIfNoEntry: false })?.isDirectory() === true ? { PERENNIAL_TRAINERS_DIR: own } : {};
}

/** A sentence for every port that was taken. */
function movedPortsOf(
  config: Config,
  engines: Engines,
  ports: { readonly inferencePort: number; readonly controlPort: number },
): readonly string[] {
  return [
    moved('inference', config.inferencePort, ports.inferencePort),
    moved('control', config.controlPort, ports.controlPort),
    moved('Temporal', config.temporalPort, engines.ports.temporal),
    moved('Temporal UI', config.temporalUiPort, engines.ports.temporalUi),
    moved('Postgres', config.postgresPort, engines.ports.postgres),
  ].filter((text) => text !== null);
}

const proofLimitMs = 10_000;

/**
 * Two installations that start at once may choose the same port; the one that came second sees the other's process
 * answer its health route. Only ours knows our token: a stranger's port is given up, and the search for ports goes on.
 */
async function proveOurs(url: string, token: string): Promise<void> {
  const deadlineMs = Date.now() + proofLimitMs;
  for (;;) {
    const status = await fetch(url, {
      headers: { authorization: `Bearer ${token}` },
      signal: AbortSignal.timeout(2_000),
    }).then(
      async (response) => {
        await response.arrayBuffer();
        return response.status;
      },
      () => 0,
    );
    if (status === 200) return;
    if (status === 401 || Date.now() > deadlineMs) {
      throw new PerennialError(
        'unavailable',
        status === 401 ? `${url} is another installation's.` : `${url} does not answer (status ${status}).`,
        { hint: 'Start it again.' },
      );
    }
    await sleep(50);
  }
}

function moved(name: string, wanted: number, got: number | undefined): string | null {
  return got === undefined || got === wanted ? null : `${name} port ${wanted} was taken, ${got} is used`;
}

/** How other commands in this folder find the running stack. */
async function writeStackFile(config: Config, content: Record<string, unknown>): Promise<void> {
  const file = path.join(config.stateDir, 'stack.json');
  await writeFile(`${file}.new`, `${JSON.stringify({ ...content, pid: process.pid }, null, 2)}\n`, { mode: 0o600 });
  await rename(`${file}.new`, file);
}

async function stopAll(config: Config, supervised: Supervised, database: Database, engines: Engines): Promise<void> {
  await rm(path.join(config.stateDir, 'stack.json'), { force: true });
  await supervised.stop();
  await database.close();
  await engines.stop();
}
