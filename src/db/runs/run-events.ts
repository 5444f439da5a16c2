import { sql } from 'drizzle-orm';
import { eventTypeOf, isTold } from '../../domain/record/run-event.ts';
import type { RunKind, RunStatus } from '../../domain/record/closed-sets.ts';
import { runEventDays } from '../../domain/record/ends.ts';
import type { Db } from '../base/connect.ts';

interface ToldRun {
  readonly runId: string;
  readonly model: string;
  readonly kind: RunKind;
  readonly execution: string | null;
  readonly detail: string | null;
}

/**
 * Writes down, in the transaction of the change, that a run has begun or ended, for whoever is told of lineage. Nothing
 * where no worker has had a receiver for as long as an event would wait for one.
 */
export async function noteRunEvent(
  tx: Db,
  { runId, model, kind, execution, detail }: ToldRun,
  status: RunStatus,
): Promise<void> {
  if (execution === null || !isTold(kind)) return;
  await tx.execute(sql`
    insert into run_event (run_id, model, kind, execution, type, detail)
    select ${runId}, ${model}, ${kind}, ${execution}::uuid, ${eventTypeOf(status)}, ${detail}
    where exists (select from open_lineage_follower
      where next_attempt_at > now() - ${runEventDays} * interval '1 day')`);
}
