import { isOpenRollout } from '../../src/domain/rollout/routing.ts';
import { stepsOf } from '../../src/domain/rollout/rollout-plan.ts';
import type { StepOutcome } from '../../src/domain/record/runs.ts';
import { withTransaction } from '../../src/db/base/connect.ts';
import { freezeOf } from '../../src/db/routing/freezes.ts';
import { enterPairing, findRollout, lastSeqOf } from '../../src/db/routing/rollouts.ts';
import type { ActivityDependencies } from '../dependencies.ts';
import { breathe } from './breathe.ts';
import { lookAtStep } from './look-at-step.ts';
import { judgePairs } from './judge-pairs.ts';
import { planOf, type RolloutRef } from './plan-of.ts';

/** An activity that waits returns within this, so that a stuck one is seen as stuck. */
const stayMsMax = 60_000;

export function watchStepActivities(deps: ActivityDependencies) {
  const { database } = deps;
  const { db } = database;

  /** Looks whenever a look is due, renewing the lease meanwhile; the last step is the wait for paired evidence. */
  async function watchStep({ key, step }: RolloutRef & { readonly step: number }): Promise<StepOutcome> {
    const first = await findRollout(db, key);
    if (first === null) return { outcome: 'gone', reason: 'the rollout does not exist' };
    const plan = await planOf(db, first);
    const isPairing = step >= stepsOf(plan).length;
    if (isPairing) await withTransaction(database, (tx) => enterPairing(tx, key, step));
    const deadlineMs = Date.now() + stayMsMax;
    while (Date.now() < deadlineMs) {
      const row = await findRollout(db, key);
      if (row === null || !isOpenRollout(row.status)) return { outcome: 'gone', reason: row?.reason ?? 'closed' };
      if ((row.step !== null && row.step > step) || (row.step === step && !row.stepBegun && !isPairing))
        return { outcome: 'step-done' };
      const lastSeq = await lastSeqOf(db, key.model);
      const isFrozen = (await freezeOf(db, key.model)) !== null;
      // Frozen, only harm is looked for: what would advance or promote is judged after the thaw, on the same rows.
      const looked = !isPairing
        ? await lookAtStep(deps, row, plan, lastSeq, isFrozen)
        : isFrozen
          ? null
          : await judgePairs(deps, row, plan, lastSeq);
      if (looked !== null && looked.outcome !== 'still') return looked;
      await breathe(db, key, plan, Math.min(Math.max(plan.pollMs, 20), 5_000));
    }
    return { outcome: 'still' };
  }

  return { watchStep };
}
