import cluster from 'node:cluster';
import path from 'node:path';
import { createEntityNames } from './access/entity-names.ts';
import { readInstallationKey } from './access/installation-key.ts';
import { createTokenSource } from './access/token-source.ts';
import { openArtifactStore } from './artifacts/open-artifact-store.ts';
import { endOldEntries } from './artifacts/end-old-entries.ts';
import { readConfig } from './config.ts';
import { isDatabaseAway } from './db/base/connect.ts';
import { holdEntityKey } from './db/base/entity-key.ts';
import { openAppDatabase } from './db/base/open-app-database.ts';
import { createViewStore } from './db/feature-views/online-source.ts';
import { createRoutingSource } from './db/routing/routing-source.ts';
import { ackErasure, erasuresToAck, seeSpool } from './db/erasure/others.ts';
import { createPushPorts } from './db/pushes/push-ports.ts';
import { createPushSink } from './db/pushes/store-pushes.ts';
import { createSegmentSink } from './db/traffic/store/store-segment.ts';
import { ringForRefused } from './db/watching/ring-for-refused.ts';
import { endWithParent } from './embedded/process/end-with-parent.ts';
import { endWithSentence, nameWhatIsAway, orEnd } from './main-failure.ts';
import { runClusterWorker } from './serving/cluster/cluster-worker.ts';
import { createMetricsHub } from './serving/cluster/metrics-hub.ts';
import { createMetricsLink } from './serving/cluster/metrics-link.ts';
import { createPrimaryMetrics } from './serving/cluster/primary-metrics.ts';
import { startPrimary } from './serving/cluster/primary.ts';
import { createProfileCache } from './serving/versions/profile-cache.ts';
import { createKeptSegments } from './serving/spool/kept-segments.ts';
import { startSpoolErasing } from './serving/push/erase-from-spool.ts';
import { segmentSuffix } from './serving/spool/segment-file.ts';
import { salvageSpool } from './serving/spool/salvage-spool.ts';
import { pushFolder, pushSuffix } from './serving/push/push-file.ts';
import { startPushShipper } from './serving/push/ship-pushes.ts';
import { startShipper } from './serving/spool/shipper.ts';
import { warmRuntime } from './onnx/run/warm-runtime.ts';
import { productVersion } from './product-version.ts';
import { badSegmentDays } from './domain/record/ends.ts';
import { reasonOf } from './domain/words/reason-of.ts';
import { createLogger } from './telemetry/logger.ts';
import { createInferenceMetrics } from './telemetry/inference-metrics.ts';
import { startTracing } from './telemetry/start-tracing.ts';

const config = orEnd(readConfig);
const log = createLogger(cluster.isPrimary ? 'inference' : 'inference-worker', config.logLevel);
/** The rest of the log is shipped by the next start; an end must not take longer than people wait. */
const lastShipmentMs = 3_000;
/** A worker that is killed leaves at most one half-written file; it is found this much later. */
const salvageEveryMs = 15_000;

const entities = orEnd(() => createEntityNames(readInstallationKey(config.installationKeyFile)));
const database = orEnd(() =>
  openAppDatabase(config.databaseUrl, log, {
    applicationName: cluster.isPrimary ? 'perennial-inference' : 'perennial-inference-worker',
    connectionsMax: 4,
    statementTimeoutMs: 15_000,
  }),
);
const source = createRoutingSource(database, log);
const artifacts = openArtifactStore(config);

if (cluster.isPrimary)
  runPrimary().catch((error: unknown) => endWithSentence(nameWhatIsAway(error, config.databaseUrl)));
else {
  const tokens = createTokenSource(database, { failuresPerMinute: config.failuresPerMinute });
  const { host, inferencePort: port, spoolDir, flushMs, pushSpoolBytes, allowedOrigins, hasPublicMetrics } = config;
  const views = { store: createViewStore(database, log), sampledShare: config.skewShare };
  const metrics = createInferenceMetrics();
  const link = createMetricsLink(metrics);
  const tracer = await startTracing(config, 'inference');
  runClusterWorker({
    log,
    partsFor: (start) => ({
      source,
      tokens,
      artifacts,
      entities,
      log,
      productVersion,
      host,
      port,
      spoolDir,
      flushMs,
      pushes: { ...createPushPorts(database.db), spoolBytesMax: pushSpoolBytes },
      allowedOrigins,
      views,
      metrics,
      scrape: link.scrape,
      hasPublicMetrics,
      tracer,
      shouldLoadInPlace: false,
      ...start,
    }),
    warm: async () => {
      await warmRuntime();
      await source.read();
    },
    onEnd: async () => {
      await link.report();
      await tracer?.stop();
      await source.close();
      await database.close();
    },
  });
}

async function runPrimary(): Promise<void> {
  // While Postgres is away nothing is stored, and the sink asks again before it does.
  await holdEntityKey(database.db, entities.fingerprint).catch((error: unknown) => {
    if (!isDatabaseAway(error)) throw error;
  });
  await salvageSpool(config.spoolDir, log);
  const salvaging = setInterval(
    () =>
      void salvageSpool(config.spoolDir, log).catch((error: unknown) =>
        log.warn({ reason: reasonOf(error) }, 'salvaging failed'),
      ),
    salvageEveryMs,
  );
  const badSegments = endOldEntries(
    config.spoolDir,
    { ageMs: badSegmentDays * 86_400_000, isOurs: (name) => name.endsWith(segmentSuffix.bad) },
    log,
  );
  const badPushes = endOldEntries(
    path.join(config.spoolDir, pushFolder),
    { ageMs: badSegmentDays * 86_400_000, isOurs: (name) => name.endsWith(pushSuffix.bad) },
    log,
  );
  const profileOf = createProfileCache(source, artifacts, log);
  const metrics = createPrimaryMetrics();
  const hub = createMetricsHub(metrics.values);
  const fork = (): ReturnType<typeof cluster.fork> => {
    const worker = cluster.fork();
    hub.follow(worker);
    metrics.follow(worker);
    return worker;
  };
  const sink = metrics.counting(
    createSegmentSink({
      database,
      profileOf,
      specOf: (model, revision) => source.spec(model, revision),
      entities,
      logPlan: config.logPlan,
    }),
  );
  const kept = createKeptSegments(config.spoolDir, config.shipped, log);
  const shipper = startShipper({
    kept,
    dir: config.spoolDir,
    sink,
    log,
    onRefused: async (refused) => {
      metrics.refused(refused.length);
      await ringForRefused(database.db, refused);
    },
  });
  const pushShipper = startPushShipper({
    spoolDir: config.spoolDir,
    sink: createPushSink(database),
    log,
    onRefused: (refused) => ringForRefused(database.db, refused),
  });
  const erasing = startSpoolErasing({
    spoolDir: config.spoolDir,
    kept,
    log,
    flushMs: config.flushMs,
    ship: async () => (await Promise.all([shipper.shipOnce(), pushShipper.shipOnce()])).every(Boolean),
    erasures: {
      see: (placeId) => seeSpool(database.db, placeId),
      toAck: (placeId) => erasuresToAck(database.db, placeId),
      ack: (erasureId, placeId, records) => ackErasure(database.db, erasureId, placeId, records),
    },
  });
  const primary = startPrimary({ source, log, processCount: config.inferenceProcessCount, fork });
  const stop = async (): Promise<void> => {
    clearInterval(salvaging);
    badSegments.stop();
    badPushes.stop();
    kept.stop();
    await primary.stop();
    await Promise.race([
      Promise.all([erasing.stop(), shipper.shipOnce(), pushShipper.shipOnce()]),
      new Promise((resolve) => setTimeout(resolve, lastShipmentMs).unref()),
    ]);
    await shipper.stop();
    await pushShipper.stop();
    await source.close();
    await database.close();
  };
  endWithParent((why) => {
    log.info({ why }, 'inference is ending');
    void stop().then(
      () => process.exit(0),
      () => process.exit(1),
    );
  });
  try {
    const port = await primary.ready;
    log.info({ url: `http://${config.host}:${port}` }, 'inference is listening');
  } catch (error) {
    log.error({ reason: reasonOf(error) }, 'inference cannot start');
    process.exitCode = 1;
    await stop().catch(() => undefined);
    process.exit(1);
  }
}
