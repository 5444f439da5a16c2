import type { ActivityInterceptorsFactory, RuntimeOptions } from '@temporalio/worker';
import { authoriseEverywhere } from '../access/principal.ts';
import { verifyBearer } from '../access/verify-token.ts';
import type { Config } from '../config.ts';
import type { Db } from '../db/base/connect.ts';
import { serveMetrics, type MetricsServer } from '../telemetry/serve-metrics.ts';
import { createWorkerMetrics } from '../telemetry/worker-metrics.ts';
import { countActivities } from './count-activities.ts';

export interface WorkerTelemetry {
  readonly interceptors: { readonly activity: readonly ActivityInterceptorsFactory[] };
  /**
   * For `Runtime.install`: Temporal's own metrics (polls, task latencies, caches) on a port that only this machine
   * sees.
   */
  readonly runtime: Pick<RuntimeOptions, 'telemetryOptions'>;
  serve(db: Db): Promise<MetricsServer | null>;
}

const temporalLimitMs = 2_000;

/** What a worker tells when PERENNIAL_WORKER_METRICS_PORT is set; nothing otherwise. `innerPort` is any free port. */
export function workerTelemetry(
  config: Pick<Config, 'host' | 'workerMetricsPort' | 'hasPublicMetrics'>,
  innerPort: number,
): WorkerTelemetry {
  const { host, workerMetricsPort: port, hasPublicMetrics } = config;
  if (port === undefined) return { interceptors: { activity: [] }, runtime: {}, serve: () => Promise.resolve(null) };
  const metrics = createWorkerMetrics();
  const inner = `127.0.0.1:${innerPort}`;
  return {
    interceptors: { activity: [countActivities(metrics)] },
    runtime: { telemetryOptions: { metrics: { prometheus: { bindAddress: inner } } } },
    serve: (db) =>
      serveMetrics({
        host,
        port,
        text: async () => `${await metrics.text()}${await temporalMetrics(`http://${inner}/metrics`)}`,
        mayRead: async (authorization) => hasPublicMetrics || (await mayRead(db, authorization)),
      }),
  };
}

async function mayRead(db: Db, authorization: string | undefined): Promise<boolean> {
  const principal = await verifyBearer(db, authorization).catch(() => null);
  if (principal === null) return false;
  try {
    authoriseEverywhere(principal, 'read');
    return true;
  } catch {
    return false;
  }
}

/** Temporal's part; nothing when it does not answer, since our own figures are worth having alone. */
async function temporalMetrics(url: string): Promise<string> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(temporalLimitMs) });
    return response.ok ? await response.text() : '';
  } catch {
    return '';
  }
}
