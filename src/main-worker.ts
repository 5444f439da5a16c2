import path from 'node:path';
import { parseArgs } from 'node:util';
import { Runtime } from '@temporalio/worker';
import { Client } from '@temporalio/client';
import { createActivities, type ActivityDependencies } from '../activities/index.ts';
import { listenForPushes } from '../activities/online/listen-for-pushes.ts';
import type { OpenLineageSettings } from '../activities/watch/tell-open-lineage.ts';
import { secretsFor } from './access/secrets-for.ts';
import { rootsOf } from './access/source-roots.ts';
import { openArtifactStore } from './artifacts/open-artifact-store.ts';
import { freeBytesAt } from './artifacts/free-bytes.ts';
import { endOldEntries } from './artifacts/end-old-entries.ts';
import { readConfig, secretReader, type Config } from './config.ts';
import { createBell } from './db/base/bell.ts';
import type { Database } from './db/base/connect.ts';
import { pushedRowsOf } from './db/pushes/read-pushed.ts';
import { openAppDatabase } from './db/base/open-app-database.ts';
import { readWatchShards, setWatchShards } from './db/watching/watch-layout.ts';
import { installationIdOf } from './db/installation/installation.ts';
import { isStartedAs } from './entry-point.ts';
import { trainFolderDays } from './domain/record/ends.ts';
import { withGuardQueue } from './domain/words/activity-groups.ts';
import { taskQueues } from './domain/words/ids.ts';
import { endWithParent } from './embedded/process/end-with-parent.ts';
import { freePort } from './embedded/process/free-port.ts';
import { makeScratchFolder } from './embedded/process/scratch-folder.ts';
import { endWithSentence, nameWhatIsAway } from './main-failure.ts';
import { connectSource } from './sources/registry.ts';
import { createLogger, type Logger } from './telemetry/logger.ts';
import { busOver } from './temporal/bus.ts';
import { claimNamespace } from './temporal/claim-namespace.ts';
import { connectWorker, type KnownServer } from './temporal/connect.ts';
import { createWorkers } from './temporal/create-workers.ts';
import { listenForWindows } from './temporal/listen-for-windows.ts';
import { registerOrTell } from './temporal/register-attributes.ts';
import { beginSchedules, keepSchedules } from './temporal/schedules.ts';
import { temporalLogger } from './temporal/worker-logger.ts';
import { workerTelemetry } from './temporal/worker-telemetry.ts';

const defaultQueues = [taskQueues.workflows, taskQueues.cpu, taskQueues.guard];

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
  const queues = withGuardQueue(plan.queues);
  const database = openAppDatabase(config.databaseUrl, log, {
    applicationName: 'perennial-worker',
    connectionsMax: 20,
  });
  const telemetry = workerTelemetry(
    config,
    config.workerMetricsPort === undefined ? 0 : await freePort(config.workerMetricsPort + 1),
  );
  Runtime.install({ shutdownSignals: [], logger: temporalLogger(log), ...telemetry.runtime });
  const { connection, namespace } = await connectWorker(config, plan.temporal);
  const client = new Client({ connection, namespace });
  await claimNamespace(client, await installationIdOf(database, namespace));
  const hasWorkflows = queues.includes(taskQueues.workflows);
  // Before the first task: a workflow that sets an attribute which its namespace does not have fails, and its caller
  // with it.
  if (hasWorkflows) await registerOrTell(client, log);
  const bell = createBell(database.url, log);
  const deps = await dependenciesOver(config, log, { database, client, bell });
  const workers = await createWorkers(queues, {
    config,
    connection,
    namespace,
    activitiesOn: activitiesOver(config, deps),
    gpus: plan.gpus,
    interceptors: telemetry.interceptors,
  });
  const runs = Promise.all(workers.map((worker) => worker.run()));
  if (hasWorkflows) await beginWatch(config, database, client);
  const pushes = queues.includes(taskQueues.cpu) ? listenForPushes(database.url, deps) : null;
  const listening = hasWorkflows ? listenForWindows(database.url, client, config, log) : null;
  const keeping = hasWorkflows ? keepSchedules(client, config.watchShards, log) : null;
  const metrics = await telemetry.serve(database.db);
  log.info({ queues, namespace, ...(metrics === null ? {} : { metricsPort: metrics.port }) }, 'the worker runs');

  endWithParent(() => {
    listening?.stop();
    keeping?.stop();
    bell.stop();
    for (const worker of workers) if (worker.getState() === 'RUNNING') worker.shutdown();
  });
  await runs;
  await pushes?.stop();
  await metrics?.stop();
  await connection.close();
  await database.close();
}

/** The schedules come first, the shards after them: a process that ends in between finds the old ones and goes on. */
async function beginWatch({ watchShards: shards }: Config, database: Database, client: Client): Promise<void> {
  const removed = (await readWatchShards(database.db)).filter((shard) => shard >= shards);
  await beginSchedules(client, { shards, removed });
  await setWatchShards(database, shards);
}

/** The disk of an embedded Postgres is this one; of another, a setting says how large it is. */
function freeBytesOver({ artifactDir, stateDir, databaseDiskBytes }: Config): ActivityDependencies['freeBytes'] {
  const embedded = path.join(stateDir, 'postgres');
  return {
    artifactFreeBytes: () => freeBytesAt(artifactDir),
    databaseFreeBytes: async (usedBytes) =>
      databaseDiskBytes === undefined ? freeBytesAt(embedded) : Math.max(0, databaseDiskBytes - usedBytes),
  };
}

/** The secret is read for each turn: it may be replaced while the worker runs. */
function openLineageOver(config: Config): OpenLineageSettings | null {
  const { openLineageUrl: url, openLineageSecret: secret } = config;
  if (url === undefined) return null;
  const read = secretReader(config);
  return {
    url,
    token: secret === undefined ? null : () => read(secret),
    privateHostsAllowed: config.webhookPrivateHosts,
  };
}

function activitiesOver(config: Config, deps: ActivityDependencies): ReturnType<typeof createActivities> {
  return createActivities(deps, { secret: config.webhookSecret, privateHostsAllowed: config.webhookPrivateHosts });
}

async function dependenciesOver(
  config: Config,
  log: Logger,
  parts: Pick<ActivityDependencies, 'database' | 'client' | 'bell'>,
): Promise<ActivityDependencies> {
  const { trainDir } = config;
  const store = openArtifactStore(config);
  endOldEntries(trainDir, { ageMs: trainFolderDays * 86_400_000, depth: 2 }, log);
  return {
    rootDir: process.cwd(),
    ...parts,
    store,
    bus: busOver(parts.client, config.temporalUiUrl),
    workDir: await makeScratchFolder(path.join(config.stateDir, 'work')),
    trainDir,
    artifactDir: config.artifactDir,
    trainersDir: config.trainersDir ?? null,
    secretOf: (model, name) => secretsFor(model, config.secretScopes, secretReader(config))(name),
    connectSource: (spec, model) =>
      connectSource(spec, {
        ...rootsOf(model, config.sourceRoots),
        stateDir: config.stateDir,
        secret: secretsFor(model, config.secretScopes, secretReader(config)),
        privateHosts: config.sourcePrivateHosts,
        store,
        pushed: pushedRowsOf(parts.database.db, store, model),
      }),
    logPlan: config.logPlan,
    keptDays: config.keptDays,
    patienceMs: config.patienceMs,
    artifactGraceMs: config.artifactGraceMs,
    scrubDays: config.scrubDays,
    freeBytes: freeBytesOver(config),
    openLineage: openLineageOver(config),
    log,
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
