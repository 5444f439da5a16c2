import type { Extent } from '../../src/domain/words/extent.ts';
import { workflowIds, type RolloutKey } from '../../src/domain/words/ids.ts';
import { judgeLook } from '../../src/domain/rollout/judge-look.ts';
import { dueLook, stepsOf } from '../../src/domain/rollout/rollout-plan.ts';
import type { StepOutcome } from '../../src/domain/record/runs.ts';
import type { RolloutSpec } from '../../src/domain/spec/spec.ts';
import { withTransaction, type Db } from '../../src/db/base/connect.ts';
import { findEvidence, putEvidence } from '../../src/db/runs/evidence.ts';
import { exposureOf, failuresByWeight, type CountedExposure } from '../../src/db/routing/rollout-evidence.ts';
import type { ArmRows } from '../../src/db/traffic/read/count-by-arm.ts';
import { recordWrongDecisions } from '../../src/db/traffic/store/record-wrong-decisions.ts';
import { settleLook, withdrawChallenger, type RolloutRow } from '../../src/db/routing/rollouts.ts';
import type { ActivityDependencies } from '../dependencies.ts';

const noEnd = { rows: Number.MAX_SAFE_INTEGER };

/**
 * One look at a shadow or canary step, if due; null when it is not. A stop takes the challenger out in the same breath.
 * While frozen, the step does not end: beyond its exposure it goes on being looked at for harm.
 */
export async function lookAtStep(
  deps: ActivityDependencies,
  row: RolloutRow,
  plan: RolloutSpec,
  lastSeq: number,
  isFrozen: boolean,
): Promise<StepOutcome | null> {
  const { database } = deps;
  const step = row.step === null ? undefined : stepsOf(plan)[row.step];
  if (row.step === null || step === undefined) return { outcome: 'step-done' };
  const due = dueAt(row, plan, isFrozen ? noEnd : step.extent, lastSeq);
  if (due === null) return null;
  const { verdict, text, evidenceId } = await judge(deps, row, plan, {
    step: row.step,
    name: step.name,
    throughSeq: due.throughSeq,
  });
  looked.set(nameOf(row), Date.now());
  if (verdict !== 'stop') {
    await withTransaction(database, (tx) => settleLook(tx, keyOf(row), due.throughSeq, !due.isStepDone));
    return due.isStepDone ? { outcome: 'step-done' } : { outcome: 'still' };
  }
  const { model, version, attempt } = row;
  await withTransaction(database, async (tx) => {
    // First where it stopped: whoever asks whether a rollout was under way at a row must not depend on who asked first.
    await settleLook(tx, keyOf(row), due.throughSeq, true);
    const end = { actor: 'rollout', reason: text, evidenceId };
    await withdrawChallenger(tx, keyOf(row), workflowIds.rollout(model, version, attempt), end);
  });
  return { outcome: 'stop', reason: text, evidenceId };
}

function dueAt(row: RolloutRow, plan: RolloutSpec, extent: Extent, lastSeq: number) {
  const stepStartedMs = row.stepStartedAt?.getTime();
  const due = dueLook({
    lookEvery: plan.lookEvery,
    extent,
    stepStartedSeq: row.stepStartedSeq,
    stepStartedMs: stepStartedMs ?? Date.now(),
    settledSeq: row.settledSeq,
    lastLookMs: looked.get(nameOf(row)) ?? stepStartedMs ?? 0,
    lastSeq,
    nowMs: Date.now(),
  });
  // What was looked at during a freeze stays looked at.
  return due === null ? null : { ...due, throughSeq: Math.max(due.throughSeq, row.settledSeq) };
}

/** The first verdict about a position stands; who comes second finds it. */
async function judge(
  { database }: ActivityDependencies,
  row: RolloutRow,
  plan: RolloutSpec,
  { step, name, throughSeq }: { readonly step: number; readonly name: string; readonly throughSeq: number },
) {
  const key = keyOf(row);
  const counted = await lastLook(database.db, row, step);
  const since = counted?.throughSeq ?? null;
  if (plan.failures.includes('wrong'))
    await withTransaction(database, (tx) => recordWrongDecisions(tx, key, { since, throughSeq }));
  const failures = await failuresByWeight(database.db, key, throughSeq);
  const exposure = await exposureOf(database.db, key, throughSeq, counted);
  const { challengerRows, challengerErrors } = exposure;
  const judged = judgeLook({ failures, challengerRows, challengerErrors, rollout: plan });
  const { verdict, evidenceId } = await putEvidence(database.db, {
    model: row.model,
    kind: 'look',
    subject: { of: 'look', version: row.version, attempt: row.attempt, step, throughSeq },
    verdict: judged.verdict,
    body: { ...judged, step: name, throughSeq, failures, exposure },
  });
  return { verdict, text: judged.text, evidenceId };
}

/** What the last settled look at this step had counted; null before the first. */
async function lastLook(db: Db, row: RolloutRow, step: number): Promise<CountedExposure | null> {
  const { version, attempt, settledSeq: throughSeq } = row;
  const look = await findEvidence(db, row.model, 'look', { of: 'look', version, attempt, step, throughSeq });
  // Written by `judge` with these members; read back defensively, since evidence outlives code.
  const { challengerRows, challengerErrors, championRows } = (look?.body['exposure'] ?? {}) as Partial<ArmRows>;
  if (challengerRows === undefined || challengerErrors === undefined || championRows === undefined) return null;
  return { throughSeq, arms: { challengerRows, challengerErrors, championRows } };
}

/**
 * When this process last looked; after a restart the step's start stands in, which only makes the next look earlier.
 */
const looked = new Map<string, number>();

function nameOf({ model, version, attempt }: RolloutRow): string {
  return `${model}/${version}/${attempt}`;
}

function keyOf({ model, version, attempt }: RolloutRow): RolloutKey {
  return { model, version, attempt };
}
