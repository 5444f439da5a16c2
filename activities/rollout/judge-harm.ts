import { workflowIds, type RolloutKey } from '../../src/domain/words/ids.ts';
import { judgeLook } from '../../src/domain/rollout/judge-look.ts';
import type { RolloutSpec } from '../../src/domain/spec/spec.ts';
import { withTransaction, type Database, type Db } from '../../src/db/base/connect.ts';
import { findEvidence, putEvidence } from '../../src/db/runs/evidence.ts';
import {
  exposureOf,
  failuresByWeight,
  type CountedExposure,
  type Exposure,
} from '../../src/db/routing/rollout-evidence.ts';
import type { ArmRows } from '../../src/db/traffic/read/count-by-arm.ts';
import { recordWrongDecisions } from '../../src/db/traffic/store/record-wrong-decisions.ts';
import { markLooked, withdrawChallenger, type Look, type RolloutRow } from '../../src/db/routing/rollouts.ts';

export interface HarmVerdict {
  readonly isHarmful: boolean;
  readonly text: string;
  readonly evidenceId: number;
}

/**
 * One look for harm, through a position of the model's traffic; the first verdict about a position stands, and who
 * comes second finds it. Harm takes the challenger out in the same breath; `settle` is written with it, or with the
 * note that it was looked.
 */
export async function judgeHarm(
  database: Database,
  row: RolloutRow,
  plan: RolloutSpec,
  look: Look & { readonly name: string },
  settle: (tx: Db, isHarmful: boolean) => Promise<void> = async () => undefined,
): Promise<HarmVerdict> {
  const key = keyOf(row);
  const { step, throughSeq } = look;
  const { verdict, text, evidenceId } = await judge(database, row, plan, look);
  const isHarmful = verdict === 'stop';
  await withTransaction(database, async (tx) => {
    // First where it stopped: whoever asks whether a rollout was under way at a row must not depend on who asked first.
    await settle(tx, isHarmful);
    await markLooked(tx, key, { step, throughSeq });
    const end = { actor: 'rollout', reason: text, evidenceId };
    const runId = workflowIds.rollout(key.model, key.version, key.attempt);
    if (isHarmful) await withdrawChallenger(tx, key, runId, end);
  });
  return { isHarmful, text, evidenceId };
}

async function judge(
  database: Database,
  row: RolloutRow,
  plan: RolloutSpec,
  { step, name, throughSeq }: Look & { readonly name: string },
) {
  const key = keyOf(row);
  const counted = await lastLook(database.db, row);
  const since = counted?.throughSeq ?? null;
  if (plan.failures.includes('wrong'))
    await withTransaction(database, (tx) => recordWrongDecisions(tx, key, { since, throughSeq }));
  const failures = await failuresByWeight(database.db, key, throughSeq);
  const exposure = await exposureOf(database.db, key, throughSeq, counted);
  const judged = judgeLook({ failures, ...exposure, rollout: plan });
  return putEvidence(database.db, {
    model: row.model,
    kind: 'look',
    subject: { of: 'look', version: row.version, attempt: row.attempt, step, throughSeq },
    verdict: judged.verdict,
    body: { ...judged, step: name, throughSeq, failures, exposure },
  }).then(({ verdict, evidenceId }) => ({ verdict, evidenceId, text: judged.text }));
}

/** What the last look had counted, at whatever step; null before the first. */
async function lastLook(db: Db, row: RolloutRow): Promise<CountedExposure | null> {
  const { version, attempt, lookedStep: step, lookedSeq: throughSeq } = row;
  if (step === null || throughSeq === null) return null;
  const look = await findEvidence(db, row.model, 'look', { of: 'look', version, attempt, step, throughSeq });
  // Written by `judge` with these members; read back defensively, since evidence outlives code.
  const { assigned = null, ...arms } = (look?.body['exposure'] ?? {}) as Partial<ArmRows & Pick<Exposure, 'assigned'>>;
  return isWhole(arms) ? { throughSeq, arms, assigned } : null;
}

function isWhole(arms: Partial<ArmRows>): arms is ArmRows {
  const { challengerRows, challengerErrors, championRows, challengerUnits, challengerUnitFailures } = arms;
  return [challengerRows, challengerErrors, championRows, challengerUnits, challengerUnitFailures].every(
    (count) => count !== undefined,
  );
}

export function keyOf({ model, version, attempt }: RolloutRow): RolloutKey {
  return { model, version, attempt };
}
