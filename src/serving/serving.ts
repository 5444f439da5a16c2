import type { EntityNames } from '../domain/record/entity-names.ts';
import type { InferenceMetrics } from '../telemetry/inference-metrics.ts';
import type { Membership } from './cluster/membership.ts';
import type { ModelTable } from './versions/model-table.ts';
import type { PushKeys, PushViews, TokenSource } from './ports.ts';
import type { PushSpool } from './push/push-spool.ts';
import type { Log } from '../telemetry/log.ts';
import type { ViewReader } from './views/view-reader.ts';
import type { LookSampler } from './views/sample-looks.ts';
import type { Spool } from './spool/spool.ts';

/** What a process answers requests with, whatever door they come through. */
export interface Serving {
  readonly table: Pick<ModelTable, 'get' | 'names' | 'isReady'>;
  readonly membership: Pick<Membership, 'isMember'>;
  readonly spool: Spool;
  /** Where pushed rows go; absent in a process that takes none. */
  readonly pushes?:
    | {
        readonly spool: PushSpool;
        readonly findStored: PushKeys['find'];
        readonly currentView: PushViews['current'];
      }
    | undefined;
  readonly tokens: TokenSource;
  /** What entities are called in the log. */
  readonly entities: Pick<EntityNames, 'hashOf'>;
  readonly log: Log;
  /** Absent in a process without online views: their values are then what requests bring. */
  readonly views?: ServedViews | undefined;
  /** Absent in a process that counts nothing. */
  readonly metrics?: InferenceMetrics | undefined;
  /** True once the process has begun to end. */
  isDraining(): boolean;
}

/** Values of views at a request, and the share of them that is computed anew. */
export interface ServedViews {
  readonly reader: ViewReader;
  readonly sampler: LookSampler;
}
