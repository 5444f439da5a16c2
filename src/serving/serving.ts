import type { Membership } from './membership.ts';
import type { ModelTable } from './model-table.ts';
import type { Log, TokenSource } from './ports.ts';
import type { Spool } from './spool.ts';

/** Everything that answering a request needs. */
export interface Serving {
  readonly table: Pick<ModelTable, 'get' | 'names' | 'ready'>;
  readonly membership: Pick<Membership, 'isMember'>;
  readonly spool: Spool;
  readonly tokens: TokenSource;
  readonly log: Log;
  /** True once the process has begun to end: answers then ask the client to connect anew. */
  isDraining(): boolean;
}
