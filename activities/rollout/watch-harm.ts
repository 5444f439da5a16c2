import { dueLook } from '../../src/domain/rollout/rollout-plan.ts';
import { isOpenRollout } from '../../src/domain/rollout/routing.ts';
import type { StepOutcome } from '../../src/domain/record/runs.ts';
import type { RolloutSpec } from '../../src/domain/spec/spec.ts';
import type { Database } from '../../src/db/base/connect.ts';
import { lastSeqOf, type RolloutRow } from '../../src/db/routing/rollouts.ts';
import { judgeHarm } from './judge-harm.ts';

/**
 * Looks for harm while a rollout waits for something else (paired labels, a person, processes that acknowledge), as
 * often as at its steps: whenever a challenger answers anybody, it is looked at. Null while it may go on.
 */
export async function watchHarm(
  { database }: { readonly database: Database },
  row: RolloutRow,
  plan: RolloutSpec,
  waitsFor: string,
): Promise<Extract<StepOutcome, { readonly outcome: 'stop' }> | null> {
  if (row.firstRevision === null || !isOpenRollout(row.status)) return null;
  const lastSeq = await lastSeqOf(database.db, row.model);
  const nowMs = Date.now();
  const due = dueLook({
    lookEvery: plan.lookEvery,
    extent: { rows: Number.MAX_SAFE_INTEGER },
    stepStartedSeq: row.startedSeq,
    stepStartedMs: 0,
    settledSeq: row.lookedSeq ?? row.startedSeq,
    lastLookMs: (row.lookedAt ?? row.startedAt).getTime(),
    lastSeq,
    nowMs,
  });
  if (due === null) return null;
  const { isHarmful, text, evidenceId } = await judgeHarm(database, row, plan, {
    step: row.step ?? 0,
    name: waitsFor,
    throughSeq: due.throughSeq,
  });
  return isHarmful ? { outcome: 'stop', reason: text, evidenceId } : null;
}
