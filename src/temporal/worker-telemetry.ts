import type { ActivityInterceptorsFactory, RuntimeOptions } from '@temporalio/worker';
import { createFailureLimit, type FailureLimit } from '../access/failure-limit.ts';
import { authoriseEverywhere } from '../access/principal.ts';
import { bearerOf, hashSecret } from '../access/secret.ts';
import { verifyBearer } from '../access/verify-token.ts';
import type { Config } from '../config.ts';
import type { Db } from '../db/base/connect.ts';
import { isPerennialError } from '../domain/words/errors.ts';
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
  config: Pick<Config, 'host' | 'workerMetricsPort' | 'hasPublicMetrics' | 'failuresPerMinute'>,
  innerPort: number,
): WorkerTelemetry {
  const { host, workerMetricsPort: port, hasPublicMetrics } = config;
  if (port === undefined) return { interceptors: { activity: [] }, runtime: {}, serve: () => Promise.resolve(null) };
  const metrics = createWorkerMetrics();
  const failures = createFailureLimit({ failuresPerMinute: config.failuresPerMinute });
  const inner = `127.0.0.1:${innerPort}`;
  return {
    interceptors: { activity: [countActivities(metrics)] },
    runtime: { telemetryOptions: { metrics: { prometheus: { bindAddress: inner } } } },
    serve: (db) =>
      serveMetrics({
        host,
        port,
        text: async () => `${await metrics.text()}${await temporalMetrics(`http://${inner}/metrics`)}`,
        mayRead: async (authorization, address) =>
          hasPublicMetrics || (await mayRead(db, failures, authorization, address)),
      }),
  };
}

/** Throws `rate_limited` before a query is spent on an address that has failed too often. */
async function mayRead(
  db: Db,
  failures: FailureLimit,
  authorization: string | undefined,
  address: string | null,
): Promise<boolean> {
  const secret = bearerOf(authorization);
  try {
    const hash = secret === null ? null : hashSecret(secret);
    authoriseEverywhere(await failures.attempt(address, hash, () => verifyBearer(db, authorization)), 'read');
    return true;
  } catch (error) {
    if (isPerennialError(error) && (error.code === 'unauthenticated' || error.code === 'forbidden')) return false;
    throw error;
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
