import { isOpenRollout } from '../../src/domain/rollout/routing.ts';
import { workflowIds, type RolloutKey } from '../../src/domain/words/ids.ts';
import { stepTexts } from '../../src/domain/rollout/rollout-plan.ts';
import { pointsOf, rolloutPoints } from '../../src/domain/spec/user-steps/points-of.ts';
import type { RolloutInput } from '../../src/domain/record/runs.ts';
import { standstillOf } from '../../src/db/routing/freezes.ts';
import { findRollout } from '../../src/db/routing/rollouts.ts';
import { readSpecRevision } from '../../src/db/models/specs.ts';
import { openRun } from '../../src/db/runs/runs.ts';
import type { ActivityDependencies } from '../dependencies.ts';

export function openRolloutActivities({ database }: ActivityDependencies) {
  const { db } = database;

  /** Finds the row, which was written together with the version, and begins; null when the rollout is over already. */
  async function openRollout(input: {
    readonly model: string;
    readonly version: number;
    readonly attempt: number;
    readonly cause: string;
  }): Promise<RolloutInput | null> {
    const key: RolloutKey = { model: input.model, version: input.version, attempt: input.attempt };
    const row = await findRollout(db, key);
    if (row === null || !isOpenRollout(row.status)) return null;
    const { spec } = await readSpecRevision(db, key.model, row.specRevision);
    const plan = spec.rollout;
    const userSteps = pointsOf(spec.steps, rolloutPoints);
    // A first champion has no step that could hold: it is not started while the model is frozen, and the entity finds
    // it again as a rollout that nobody has started. Any other waits before its first step.
    if (row.baseVersion === null && (await standstillOf(db, input.model, plan, Date.now())) !== null) return null;
    const runId = workflowIds.rollout(key.model, key.version, key.attempt);
    await openRun(db, {
      runId,
      model: key.model,
      kind: 'rollout',
      trigger: input.cause,
      input: { ...key, baseVersion: row.baseVersion },
    });
    return {
      key,
      runId,
      baseVersion: row.baseVersion,
      steps: stepTexts(plan),
      needsPerson: plan.automaticPercentMax < 100,
      holdMsMax: plan.holdMsMax,
      ackTimeoutMs: plan.ackTimeoutMs,
      ...(plan.approval === undefined ? {} : { atHoldDeadline: plan.approval.atDeadline }),
      ...(userSteps.length === 0 ? {} : { userSteps }),
    };
  }

  return { openRollout };
}
