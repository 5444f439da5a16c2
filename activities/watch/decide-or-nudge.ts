import { WorkflowNotFoundError } from '@temporalio/client';
import { formatOccasion } from '../../src/domain/record/occasion.ts';
import type { Db } from '../../src/db/base/connect.ts';
import { workflowIds } from '../../src/domain/words/ids.ts';
import type { ActivityDependencies } from '../dependencies.ts';
import type { LeasedWrite } from './leased-write.ts';
import { decideAndStore, decideAsOf } from '../model/decide.ts';

/**
 * A clear no is stored here, with whatever `inTransaction` writes; whenever a trigger fired, the entity decides,
 * because only it serialises. The nudge comes first: a crash in between repeats it, the other way round would lose it.
 */
export async function decideOrNudge(
  deps: ActivityDependencies,
  write: LeasedWrite,
  model: string,
  number: number,
  inTransaction: (tx: Db) => Promise<void>,
): Promise<void> {
  const occasion = { model, key: formatOccasion({ of: 'window', window: number }), window: number, person: null };
  const verdict = await decideAsOf(deps, occasion, null);
  const isClearNo = verdict.decided.trigger === null;
  if (!isClearNo) await nudge(deps, model, number);
  await write(async (tx) => {
    const inside = { ...deps, database: { ...deps.database, db: tx } };
    if (isClearNo) await decideAndStore(inside, occasion, null, verdict);
    await inTransaction(tx);
  });
}

async function nudge({ client, log }: ActivityDependencies, model: string, number: number): Promise<void> {
  try {
    await client.workflow.getHandle(workflowIds.model(model)).signal('windowDue', { window: number });
  } catch (error) {
    // The entity re-reads undecided windows when it is there again; `reconcile` starts it.
    if (!(error instanceof WorkflowNotFoundError)) throw error;
    log.warn({ model, window: number }, 'no entity to decide; reconcile will start it');
  }
}
