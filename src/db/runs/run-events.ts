import { eventTypeOf, isTold } from '../../domain/record/run-event.ts';
import type { RunKind, RunStatus } from '../../domain/record/closed-sets.ts';
import type { Db } from '../base/connect.ts';
import { runEvent } from '../schema/index.ts';

interface ToldRun {
  readonly runId: string;
  readonly model: string;
  readonly kind: RunKind;
  readonly execution: string | null;
  readonly detail: string | null;
}

/** Writes down, in the transaction of the change, that a run has begun or ended, for whoever is told of lineage. */
export async function noteRunEvent(
  tx: Db,
  { runId, model, kind, execution, detail }: ToldRun,
  status: RunStatus,
): Promise<void> {
  if (execution === null || !isTold(kind)) return;
  await tx.insert(runEvent).values({ runId, model, kind, execution, type: eventTypeOf(status), detail });
}
