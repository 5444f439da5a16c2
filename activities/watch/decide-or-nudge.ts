import { WorkflowNotFoundError } from '@temporalio/client';
import { formatOccasion } from '../../src/domain/record/occasion.ts';
import { workflowIds } from '../../src/domain/words/ids.ts';
import type { ActivityDependencies } from '../dependencies.ts';
import { decideAndStore, decideAsOf } from '../model/decide.ts';

/** A clear no is stored here; whenever a trigger fired, the entity decides, because only it serialises. */
export async function decideOrNudge(deps: ActivityDependencies, model: string, number: number): Promise<void> {
  const occasion = { model, key: formatOccasion({ of: 'window', window: number }), window: number, person: null };
  const verdict = await decideAsOf(deps, occasion, null);
  if (verdict.decided.trigger === null) {
    await decideAndStore(deps, occasion, null, verdict);
    return;
  }
  try {
    await deps.client.workflow.getHandle(workflowIds.model(model)).signal('windowDue', { window: number });
  } catch (error) {
    // The entity re-reads undecided windows when it is there again; `reconcile` starts it.
    if (!(error instanceof WorkflowNotFoundError)) throw error;
    deps.log.warn({ model, window: number }, 'no entity to decide; reconcile will start it');
  }
}
