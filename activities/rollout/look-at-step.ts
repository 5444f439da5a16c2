import { dueLook, stepsOf, type PlannedStep } from '../../src/domain/rollout/rollout-plan.ts';
import type { StepOutcome } from '../../src/domain/record/runs.ts';
import type { RolloutSpec } from '../../src/domain/spec/spec.ts';
import { settleLook, type RolloutRow } from '../../src/db/routing/rollouts.ts';
import type { ActivityDependencies } from '../dependencies.ts';
import { judgeHarm, keyOf } from './judge-harm.ts';

const noEnd = { extent: { rows: Number.MAX_SAFE_INTEGER }, rowsMin: 0 };

/**
 * One look at a shadow or canary step, if due; null when it is not. While frozen, the step does not end: beyond its
 * exposure it goes on being looked at for harm.
 */
export async function lookAtStep(
  { database }: ActivityDependencies,
  row: RolloutRow,
  plan: RolloutSpec,
  lastSeq: number,
  isFrozen: boolean,
): Promise<StepOutcome | null> {
  const step = row.step === null ? undefined : stepsOf(plan)[row.step];
  if (row.step === null || step === undefined) return { outcome: 'step-done' };
  const due = dueAt(row, plan, isFrozen ? noEnd : step, lastSeq);
  if (due === null) return null;
  const { throughSeq, isStepDone } = due;
  const look = { step: row.step, name: step.name, throughSeq };
  const harm = await judgeHarm(database, row, plan, look, (tx, isHarmful) =>
    settleLook(tx, keyOf(row), throughSeq, isHarmful || !isStepDone),
  );
  if (harm.isHarmful) return { outcome: 'stop', reason: harm.text, evidenceId: harm.evidenceId };
  return isStepDone ? { outcome: 'step-done' } : { outcome: 'still' };
}

function dueAt(
  row: RolloutRow,
  plan: RolloutSpec,
  { extent, rowsMin }: Pick<PlannedStep, 'extent' | 'rowsMin'>,
  lastSeq: number,
) {
  const nowMs = Date.now();
  const stepStartedMs = row.stepStartedAt?.getTime() ?? nowMs;
  const due = dueLook({
    lookEvery: plan.lookEvery,
    extent,
    rowsMin,
    stepStartedSeq: row.stepStartedSeq,
    stepStartedMs,
    settledSeq: row.settledSeq,
    lastLookMs: Math.max(stepStartedMs, row.lookedAt?.getTime() ?? 0),
    lastSeq,
    nowMs,
  });
  // What was looked at during a freeze, or while processes were waited for, stays looked at.
  return due === null ? null : { ...due, throughSeq: Math.max(due.throughSeq, row.settledSeq, row.lookedSeq ?? 0) };
}
