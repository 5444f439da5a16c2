import path from 'node:path';
import { parseArgs } from 'node:util';
import { Runtime, Worker, type NativeConnection, type WorkerOptions } from '@temporalio/worker';
import { Client } from '@temporalio/client';
import { createActivities } from '../activities/index.ts';
import { createArtifactStore } from './artifacts/artifact-store.ts';
import { readConfig, type Config } from './config.ts';
import { createDatabase, type Database } from './db/base/connect.ts';
import { startListening } from './db/base/listen.ts';
import { installationIdOf } from './db/installation/installation.ts';
import { isStartedAs, ownServerDir } from './entry-point.ts';
import { PerennialError } from './domain/words/errors.ts';
import { taskQueues } from './domain/words/ids.ts';
import { endWithParent } from './embedded/process/end-with-parent.ts';
import { freePort } from './embedded/process/free-port.ts';
import { makeScratchFolder } from './embedded/process/scratch-folder.ts';
import { endWithSentence, nameWhatIsAway } from './main-failure.ts';
import { connectSource } from './sources/registry.ts';
import { createLogger, type Logger } from './telemetry/logger.ts';
import { claimNamespace } from './temporal/claim-namespace.ts';
import { connectWorker, type KnownServer } from './temporal/connect.ts';
import { registerSearchAttributes } from './temporal/register-attributes.ts';
import { createWatchNudge } from './temporal/nudge-watch.ts';
import { ensureSchedules } from './temporal/schedules.ts';
import { workerTelemetry, type WorkerTelemetry } from './temporal/worker-telemetry.ts';
import { workflowBundle } from './temporal/workflow-bundle.ts';

const defaultQueues = [taskQueues.workflows, taskQueues.cpu];

export interface WorkerPlan {
  readonly queues: readonly string[];
  /** Trainings at once on each GPU queue: one per GPU. */
  readonly gpus: number;
  /** Where Temporal is, when the environment does not say. */
  readonly temporal?: KnownServer;
}

/**
 * Serves task queues until the process is told to end, then finishes what it has in hand. Workflows run only on
 * `perennial`; every other queue, GPU queues among them, is served with activities alone. Throws `configuration` or
 * `unavailable`, naming what is away, when it cannot begin.
 */
export async function runWorker(config: Config, log: Logger, plan: WorkerPlan): Promise<void> {
  await serveQueues(config, log, plan).catch((error: unknown) => {
    throw nameWhatIsAway(error, config.databaseUrl);
  });
}

async function serveQueues(config: Config, log: Logger, plan: WorkerPlan): Promise<void> {
  const { queues } = plan;
  if (config.databaseUrl === undefined) {
    throw new PerennialError('configuration', 'DATABASE_URL is not set.', {
      path: 'DATABASE_URL',
      hint: 'Set it, or start everything with `npm run dev`.',
    });
  }
  const telemetry = workerTelemetry(
    config,
    config.workerMetricsPort === undefined ? 0 : await freePort(config.workerMetricsPort + 1),
  );
  Runtime.install({ shutdownSignals: [], logger: temporalLogger(log), ...telemetry.runtime });
  const database = createDatabase(config.databaseUrl, {
    applicationName: 'perennial-worker',
    connectionsMax: 20,
    onIdleError: (error) => log.warn({ err: error }, 'an idle database connection broke'),
    isApp: true,
    onOwner: (reason) =>
      log.warn(
        { reason },
        'the database role perennial_app cannot be taken: the audit is protected by its triggers alone',
      ),
  });
  const { connection, namespace } = await connectWorker(config, plan.temporal);
  const client = new Client({ connection, namespace });
  await claimNamespace(client, await installationIdOf(database, namespace));
  const store = createArtifactStore(config.artifactDir);
  const place = { rootDir: process.cwd() };
  const activitiesOn = createActivities(
    {
      database,
      store,
      client,
      workDir: await makeScratchFolder(path.join(config.stateDir, 'work')),
      trainDir: path.join(config.stateDir, 'train'),
      rootDir: place.rootDir,
      connectSource: (spec) => connectSource(spec, place),
      log,
    },
    { secret: config.webhookSecret, privateHostsAllowed: config.webhookPrivateHosts },
  );
  const shouldServeWorkflows = queues.includes(taskQueues.workflows);
  // Before the first task: a workflow that sets an attribute which its namespace does not have fails, and its caller
  // with it.
  if (shouldServeWorkflows) await registerOrTell(client, log);
  const workers = await Promise.all(
    queues.map(async (taskQueue) =>
      Worker.create(
        await optionsOf(
          config,
          connection,
          namespace,
          taskQueue,
          activitiesOn(taskQueue),
          plan.gpus,
          telemetry.interceptors,
        ),
      ),
    ),
  );
  const runs = Promise.all(workers.map((worker) => worker.run()));
  const listening = shouldServeWorkflows ? await prepare(config, client, database, log) : null;
  const metrics = await telemetry.serve(database.db);
  log.info({ queues, namespace, ...(metrics === null ? {} : { metricsPort: metrics.port }) }, 'the worker runs');

  endWithParent(() => {
    listening?.stop();
    for (const worker of workers) if (worker.getState() === 'RUNNING') worker.shutdown();
  });
  await runs;
  await metrics?.stop();
  await connection.close();
  await database.close();
}

/** A managed cluster may refuse the operator service: its attributes are then made by its operator (docs/deploy.md). */
async function registerOrTell(client: Client, log: Logger): Promise<void> {
  await registerSearchAttributes(client).catch((error: unknown) =>
    log.warn({ err: error }, 'search attributes could not be registered'),
  );
}

/** Schedules and the entities that should run; then a nudge whenever a window closes. */
async function prepare(config: Config, client: Client, database: Database, log: Logger): Promise<{ stop(): void }> {
  await ensureSchedules(client);
  await client.schedule.getHandle('reconcile').trigger();
  return listenForWindows(database.url, client, log);
}

async function optionsOf(
  config: Config,
  connection: NativeConnection,
  namespace: string,
  taskQueue: string,
  activities: object,
  gpus: number,
  counted: WorkerTelemetry['interceptors'],
): Promise<WorkerOptions> {
  const interceptors = { activity: [...counted.activity] };
  const shared = {
    connection,
    namespace,
    taskQueue,
    activities,
    interceptors,
    shutdownGraceTime: '5 seconds',
    shutdownForceTime: '10 seconds',
  } as const;
  if (taskQueue === taskQueues.workflows) {
    return {
      ...shared,
      workflowBundle: await workflowBundle(config, ownServerDir()),
      maxConcurrentActivityTaskExecutions: 200,
      maxCachedWorkflows: 500,
    };
  }
  // One training per GPU; on CPUs two trainings or scans at once is what two cores can carry.
  return { ...shared, maxConcurrentActivityTaskExecutions: taskQueue.startsWith('perennial-gpu') ? gpus : 2 };
}

/** NOTIFY makes a closed window be judged at once; the schedule is the back-up, so a lost connection only delays. */
function listenForWindows(url: string, client: Client, log: Logger): { stop(): void } {
  const watch = createWatchNudge(client, log);
  const stopListening = startListening(url, 'perennial_window', watch.nudge, log);
  return {
    stop: () => {
      stopListening();
      watch.stop();
    },
  };
}

function temporalLogger(log: Logger) {
  const forward = (level: 'TRACE' | 'DEBUG' | 'INFO' | 'WARN' | 'ERROR', message: string, meta?: object): void => {
    const method = ({ TRACE: 'trace', DEBUG: 'debug', INFO: 'debug', WARN: 'warn', ERROR: 'error' } as const)[level];
    // What a worker for activities alone is meant to be.
    log[message.startsWith('No workflows registered') ? 'debug' : method](meta ?? {}, message);
  };
  return {
    log: forward,
    trace: (message: string, meta?: object) => forward('TRACE', message, meta),
    debug: (message: string, meta?: object) => forward('DEBUG', message, meta),
    info: (message: string, meta?: object) => forward('INFO', message, meta),
    warn: (message: string, meta?: object) => forward('WARN', message, meta),
    error: (message: string, meta?: object) => forward('ERROR', message, meta),
  };
}

if (isStartedAs('main-worker')) {
  try {
    const { values } = parseArgs({ options: { queues: { type: 'string' }, gpus: { type: 'string', default: '1' } } });
    const config = readConfig();
    await runWorker(config, createLogger('worker', config.logLevel), {
      queues: values.queues?.split(',') ?? defaultQueues,
      gpus: Number(values.gpus),
    });
    process.exit(0);
  } catch (error) {
    endWithSentence(error);
  }
}
