import path from 'node:path';
import { serveApi } from './control/serve.ts';
import { createApi } from './create-api.ts';
import { createEntityNames } from './access/entity-names.ts';
import { readInstallationKey } from './access/installation-key.ts';
import { secretsFor } from './access/secrets-for.ts';
import { openArtifactStore } from './artifacts/open-artifact-store.ts';
import { readConfig, secretReader, type Config } from './config.ts';
import { isDatabaseAway } from './db/base/connect.ts';
import { holdEntityKey } from './db/base/entity-key.ts';
import { openAppDatabase, openReadDatabase } from './db/base/open-app-database.ts';
import { createGaugeReader } from './db/installation/gauges.ts';
import { pushedRowsOf } from './db/pushes/read-pushed.ts';
import { endWithParent } from './embedded/process/end-with-parent.ts';
import { endWithSentence, nameWhatIsAway } from './main-failure.ts';
import { ensureSigningKey } from './model-signing/signing-key.ts';
import { createLogger, type Logger } from './telemetry/logger.ts';
import { createControlMetrics } from './telemetry/control-metrics.ts';
import { startTracing } from './telemetry/start-tracing.ts';
import { createTemporalBus } from './temporal/bus.ts';

/** Requests under way at a stop get this long; then they are cut. */
const stopGraceMs = 5_000;

/** The control process: API over Postgres and Temporal. Migrations are done before it is started. */
async function main(config: Config, log: Logger): Promise<void> {
  const entities = createEntityNames(readInstallationKey(config.installationKeyFile));
  const database = openAppDatabase(config.databaseUrl, log, { applicationName: 'perennial-control' });
  // While Postgres is away nothing is looked for, and whoever looks for an entity asks again.
  await holdEntityKey(database.db, entities.fingerprint).catch((error: unknown) => {
    if (!isDatabaseAway(error)) throw error;
  });
  const readDatabase = openReadDatabase(config.readDatabaseUrl, log);
  const bus = await createTemporalBus(config);
  const tracer = await startTracing(config, 'control');
  const observed = {
    metrics: createControlMetrics(createGaugeReader(database)),
    hasPublicMetrics: config.hasPublicMetrics,
    ...(tracer === undefined ? {} : { tracer }),
  };
  const store = openArtifactStore(config);
  const serving = await serveApi(
    createApi({
      database,
      ...(readDatabase === undefined ? {} : { readDatabase }),
      bus,
      log,
      store,
      pushedOf: (model) => pushedRowsOf(database.db, store, model),
      signingKey: () => ensureSigningKey(config.signingKeyFile),
      entities,
      importDir: path.join(config.artifactDir, 'incoming'),
      ...observed,
      inferenceUrl: config.inferenceUrl,
      controlUrl: config.controlUrl,
      failuresPerMinute: config.failuresPerMinute,
      costs: config.costs,
      sourceRoots: config.sourceRoots,
      sourcePrivateHosts: config.sourcePrivateHosts,
      stateDir: config.stateDir,
      secretsFor: (model) => secretsFor(model, config.secretScopes, secretReader(config)),
      // The one folder that a container of it may write to; what a kill leaves there ends with age.
      sampleDir: path.join(config.artifactDir, 'incoming'),
      uploadBytesPerDay: config.uploadBytesPerDay,
      webhooks: { secret: config.webhookSecret, privateHostsAllowed: config.webhookPrivateHosts },
      allowedOrigins: config.allowedOrigins,
    }),
    { host: config.host, port: config.controlPort },
  );
  log.info({ host: config.host, port: serving.port }, 'the control API listens');

  let stopping: Promise<void> | null = null;
  const stop = async (): Promise<void> => {
    await serving.stop(stopGraceMs);
    await bus.close();
    await readDatabase?.close();
    await database.close();
    await tracer?.stop();
  };
  endWithParent((reason) => {
    stopping ??= stop().then(
      () => process.exit(0),
      (error: unknown) => {
        log.error({ err: error, reason }, 'the stop was not clean');
        process.exit(1);
      },
    );
  });
}

let databaseUrl: string | undefined;
try {
  const config = readConfig();
  databaseUrl = config.databaseUrl;
  await main(config, createLogger('control', config.logLevel));
} catch (error) {
  endWithSentence(nameWhatIsAway(error, databaseUrl));
}
