import { workflowIds } from '../../src/domain/words/ids.ts';
import { judgeLook } from '../../src/domain/rollout/judge-look.ts';
import { dueLook, stepsOf } from '../../src/domain/rollout/rollout-plan.ts';
import type { StepOutcome } from '../../src/domain/record/runs.ts';
import type { RolloutSpec } from '../../src/domain/spec/spec.ts';
import { withTransaction } from '../../src/db/base/connect.ts';
import { putEvidence } from '../../src/db/runs/evidence.ts';
import { exposureOf, failuresByWeight, recordWrongDecisions } from '../../src/db/routing/rollout-evidence.ts';
import { settleLook, withdrawChallenger, type RolloutRow } from '../../src/db/routing/rollouts.ts';
import type { ActivityDependencies } from '../dependencies.ts';

const noEnd = { rows: Number.MAX_SAFE_INTEGER };

/**
 * One look at a shadow or canary step, if due; null when it is not. A stop takes the challenger out in the same breath.
 */
/** While frozen, the step does not end: beyond its exposure it goes on being looked at for harm. */
export async function lookAtStep(
  deps: ActivityDependencies,
  row: RolloutRow,
  plan: RolloutSpec,
  lastSeq: number,
  frozen = false,
): Promise<StepOutcome | null> {
  const { database } = deps;
  const step = stepsOf(plan)[row.step];
  if (step === undefined) return { outcome: 'step-done' };
  const found = dueLook({
    lookEvery: plan.lookEvery,
    extent: frozen ? noEnd : step.extent,
    stepStartedSeq: row.stepStartedSeq,
    stepStartedMs: row.stepStartedAt?.getTime() ?? Date.now(),
    settledSeq: row.settledSeq,
    lastLookMs: lastLookMsOf(row),
    lastSeq,
    nowMs: Date.now(),
  });
  if (found === null) return null;
  // What was looked at during a freeze stays looked at.
  const due = { ...found, throughSeq: Math.max(found.throughSeq, row.settledSeq) };
  const key = { model: row.model, version: row.version, attempt: row.attempt };
  if (plan.failures.includes('wrong'))
    await withTransaction(database, (tx) => recordWrongDecisions(tx, key, due.throughSeq));
  const failures = await failuresByWeight(database.db, key, due.throughSeq);
  const exposure = await exposureOf(database.db, key, due.throughSeq);
  const judged = judgeLook({
    failures,
    challengerRows: exposure.challengerRows,
    challengerErrors: exposure.challengerErrors,
    rollout: plan,
  });
  const evidence = await putEvidence(database.db, {
    model: row.model,
    kind: 'look',
    subject: { of: 'look', version: row.version, attempt: row.attempt, step: row.step, throughSeq: due.throughSeq },
    verdict: judged.verdict,
    body: { ...judged, step: step.name, throughSeq: due.throughSeq, failures, exposure },
  });
  looked.set(`${row.model}/${row.version}/${row.attempt}`, Date.now());
  if (evidence.verdict === 'stop') {
    const end = { actor: 'rollout', reason: judged.text, evidenceId: evidence.evidenceId };
    await withTransaction(database, async (tx) => {
      // First where it stopped: whoever asks whether a rollout was under way at a row must not depend on who asked
      // first.
      await settleLook(tx, key, due.throughSeq, true);
      await withdrawChallenger(tx, key, workflowIds.rollout(key.model, key.version, key.attempt), end);
    });
    return { outcome: 'stop', reason: judged.text, evidenceId: evidence.evidenceId };
  }
  await withTransaction(database, (tx) => settleLook(tx, key, due.throughSeq, !due.stepDone));
  return due.stepDone ? { outcome: 'step-done' } : { outcome: 'still' };
}

/**
 * When this process last looked; after a restart the step's start stands in, which only makes the next look earlier.
 */
const looked = new Map<string, number>();

function lastLookMsOf(row: RolloutRow): number {
  return looked.get(`${row.model}/${row.version}/${row.attempt}`) ?? row.stepStartedAt?.getTime() ?? 0;
}
