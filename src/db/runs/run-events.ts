import { eventTypeOf, isTold } from '../../domain/record/run-event.ts';
import type { RunStatus } from '../../domain/record/closed-sets.ts';
import type { Db } from '../base/connect.ts';
import { runEvent } from '../schema/index.ts';
import type { RunRow } from './runs.ts';

/** Writes down, in the transaction of the change, that a run has begun or ended, for whoever is told of lineage. */
export async function noteRunEvent(
  tx: Db,
  { runId, model, kind, execution, detail }: Pick<RunRow, 'runId' | 'model' | 'kind' | 'execution' | 'detail'>,
  status: RunStatus,
): Promise<void> {
  if (execution === null || !isTold(kind)) return;
  await tx.insert(runEvent).values({ runId, model, kind, execution, type: eventTypeOf(status), detail });
}
