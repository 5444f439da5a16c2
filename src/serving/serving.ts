import type { InferenceMetrics } from '../telemetry/inference-metrics.ts';
import type { Tracer } from '../telemetry/tracer.ts';
import type { Membership } from './cluster/membership.ts';
import type { ModelTable } from './versions/model-table.ts';
import type { Log, TokenSource } from './ports.ts';
import type { Spool } from './spool/spool.ts';

/** Everything that answering a request needs. */
export interface Serving {
  readonly table: Pick<ModelTable, 'get' | 'names' | 'ready'>;
  readonly membership: Pick<Membership, 'isMember'>;
  readonly spool: Spool;
  readonly tokens: TokenSource;
  readonly log: Log;
  /** Absent in a process that counts nothing. */
  readonly metrics?: InferenceMetrics | undefined;
  /** The metrics of all processes of this server; absent without a primary. */
  readonly scrape?: (() => Promise<string>) | undefined;
  /** True answers `GET /metrics` without a token. */
  readonly metricsPublic?: boolean | undefined;
  readonly tracer?: Tracer | undefined;
  /** Origins whose web pages may call. */
  readonly allowedOrigins: readonly string[];
  /** True once the process has begun to end: answers then ask the client to connect anew. */
  isDraining(): boolean;
}
