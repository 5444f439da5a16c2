import { isOpenRollout } from '../../src/domain/rollout/routing.ts';
import { stepsOf } from '../../src/domain/rollout/rollout-plan.ts';
import type { RolloutSpec } from '../../src/domain/spec/spec.ts';
import type { RolloutKey } from '../../src/domain/words/ids.ts';
import type { StepOutcome } from '../../src/domain/record/runs.ts';
import { withTransaction } from '../../src/db/base/connect.ts';
import { standstillOf } from '../../src/db/routing/freezes.ts';
import { noteWindow } from '../../src/db/routing/note-window.ts';
import { enterPairing, findRollout, lastSeqOf } from '../../src/db/routing/rollouts.ts';
import type { ActivityDependencies } from '../dependencies.ts';
import { breathe } from './breathe.ts';
import { lookAtStep } from './look-at-step.ts';
import { judgePairs } from './judge-pairs.ts';
import { planOf, type RolloutRef } from './plan-of.ts';
import { watchHarm } from './watch-harm.ts';

/** An activity that waits returns within this, so that a stuck one is seen as stuck. */
const stayMsMax = 60_000;

export function watchStepActivities(deps: ActivityDependencies) {
  const { database, bell } = deps;
  const { db } = database;

  /**
   * Looks when rows have come and whenever else a look is due, renewing the lease meanwhile; the last step is the wait
   * for paired evidence.
   */
  async function watchStep({ key, step }: RolloutRef & { readonly step: number }): Promise<StepOutcome> {
    const first = await findRollout(db, key);
    if (first === null) return { outcome: 'gone', reason: 'the rollout does not exist' };
    const plan = await planOf(db, first);
    if (isPairing(plan, step)) await withTransaction(database, (tx) => enterPairing(tx, key, step));
    const pollMs = Math.min(Math.max(plan.pollMs, 20), 5_000);
    // However fast rows come, news doubles the looks at most.
    const ear = bell.ear(key.model, pollMs);
    const deadlineMs = Date.now() + stayMsMax;
    try {
      while (Date.now() < deadlineMs) {
        const outcome = await lookOnce(key, step, plan);
        if (outcome.outcome !== 'still') return outcome;
        await breathe(db, key, plan, pollMs, ear);
      }
      return { outcome: 'still' };
    } finally {
      ear.close();
    }
  }

  async function lookOnce(key: RolloutKey, step: number, plan: RolloutSpec): Promise<StepOutcome> {
    const row = await findRollout(db, key);
    if (row === null || !isOpenRollout(row.status)) return { outcome: 'gone', reason: row?.reason ?? 'closed' };
    const isPaired = isPairing(plan, step);
    if ((row.step !== null && row.step > step) || (row.step === step && !row.stepBegun && !isPaired))
      return { outcome: 'step-done' };
    const lastSeq = await lastSeqOf(db, key.model);
    const still = await standstillOf(db, key.model, plan, Date.now());
    const isFrozen = still !== null;
    if (still !== null && still.untilMs !== null && row.frozenUntil?.getTime() !== still.untilMs)
      await withTransaction(database, (tx) => noteWindow(tx, row, { ...still, untilMs: still.untilMs ?? 0 }));
    // Frozen, only harm is looked for: what would advance or promote is judged afterwards, on the same rows.
    const looked = isPaired
      ? ((await watchHarm(deps, row, plan, 'paired evidence')) ??
        (isFrozen ? null : await judgePairs(deps, row, plan, lastSeq)))
      : await lookAtStep(deps, row, plan, lastSeq, isFrozen);
    return looked ?? { outcome: 'still' };
  }

  return { watchStep };
}

function isPairing(plan: RolloutSpec, step: number): boolean {
  return step >= stepsOf(plan).length;
}
