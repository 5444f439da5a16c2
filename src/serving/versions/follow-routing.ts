import type { Membership } from '../cluster/membership.ts';
import type { ModelTable } from './model-table.ts';
import type { Acknowledgement, RoutingSource } from '../ports.ts';
import type { Log } from '../../telemetry/log.ts';
import { reasonOf } from '../../domain/words/reason-of.ts';

export interface FollowParts {
  readonly source: Pick<RoutingSource, 'onChange' | 'acknowledge'>;
  readonly table: ModelTable;
  readonly membership: Pick<Membership, 'isMember'>;
  readonly processId: string;
  readonly log: Log;
  /** True loads new versions in this process (which blocks it); false leaves that to a replacement process. */
  readonly shouldLoad: boolean;
}

export interface Following {
  stop(): Promise<void>;
}

/**
 * Keeps the table on what Postgres says, and says back which revisions are fully applied. Changes during a refresh are
 * coalesced.
 */
export function followRouting(parts: FollowParts): Following {
  const acknowledge = createAcknowledger(parts);
  let running: Promise<void> | null = null;
  let isAskedAgain = false;
  let isFailing = false;
  const run = async (): Promise<void> => {
    do {
      isAskedAgain = false;
      try {
        // oxlint-disable-next-line no-await-in-loop -- one refresh at a time
        await parts.table.refresh({ shouldLoad: parts.shouldLoad });
        // oxlint-disable-next-line no-await-in-loop -- after its refresh
        await acknowledge();
        isFailing = false;
      } catch (error) {
        // Once per outage: the poll comes twice a second.
        if (!isFailing)
          parts.log.warn({ reason: reasonOf(error) }, 'the routing cannot be read; the last one stays in use');
        isFailing = true;
      }
    } while (isAskedAgain);
    running = null;
  };
  const stop = parts.source.onChange(() => {
    if (running === null) running = run();
    else isAskedAgain = true;
  });
  return {
    async stop() {
      stop();
      await running;
    },
  };
}

/** Says each fully applied revision once; says all of them again after the membership had lapsed. */
export function createAcknowledger(
  parts: Pick<FollowParts, 'source' | 'table' | 'membership' | 'processId'>,
): () => Promise<void> {
  const said = new Map<string, string>();
  return async () => {
    if (!parts.membership.isMember()) said.clear();
    const news = parts.table.applied.filter((ack) => said.get(ack.model) !== stateOf(ack));
    await parts.source.acknowledge(parts.processId, news);
    for (const ack of news) said.set(ack.model, stateOf(ack));
  };
}

const stateOf = ({ revision, digest }: Acknowledgement): string => `${revision}/${digest ?? ''}`;
