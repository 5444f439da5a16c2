import type { GuardInput } from '../../src/domain/record/runs.ts';
import { workflowIds } from '../../src/domain/words/ids.ts';
import { readSpecRevision } from '../../src/db/models/specs.ts';
import { findRollout } from '../../src/db/routing/rollouts.ts';
import { closeRun, openRun } from '../../src/db/runs/runs.ts';
import type { ActivityDependencies } from '../dependencies.ts';

/** What a definition that declares no guard gets. */
export const guardDefault = { labelledRows: 500, action: 'propose' } as const;
const guardPollMsMin = 2_000;

export function planGuardActivities({ database }: ActivityDependencies) {
  const { db } = database;

  /** Opens the guard of a new champion, and ends that of its predecessor; null when there is none to compare with. */
  async function planGuard(input: { readonly model: string; readonly version: number }): Promise<GuardInput | null> {
    const rollout = await findRollout(db, { ...input, attempt: 1 });
    if (rollout?.baseVersion == null) return null;
    const { spec } = await readSpecRevision(db, input.model, rollout.specRevision);
    const plan = spec.rollout.guard ?? guardDefault;
    const runId = workflowIds.guard(input.model, input.version);
    await openRun(db, {
      runId,
      model: input.model,
      kind: 'guard',
      trigger: `v${input.version} was promoted`,
      input: { ...input, predecessor: rollout.baseVersion },
    });
    // The guard over the predecessor is told to end and does not look again: unless it has ended, this is its end.
    await closeRun(db, workflowIds.guard(input.model, rollout.baseVersion), {
      status: 'completed',
      detail: `superseded: v${input.version} is champion`,
      output: { verdict: 'superseded' },
    });
    return {
      ...input,
      predecessor: rollout.baseVersion,
      pollMs: Math.max(guardPollMsMin, spec.rollout.pollMs * 10),
      action: plan.action,
    };
  }

  return { planGuard };
}
