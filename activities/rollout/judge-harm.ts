import { workflowIds, type RolloutKey } from '../../src/domain/words/ids.ts';
import type { MaturedFailures } from '../../src/domain/rollout/judge-failures.ts';
import { judgeLook } from '../../src/domain/rollout/judge-look.ts';
import { labelPlanOf, type Maturity } from '../../src/domain/watch/mature-through.ts';
import type { RolloutSpec } from '../../src/domain/spec/spec.ts';
import { withTransaction, type Database, type Db } from '../../src/db/base/connect.ts';
import { findEvidence, putEvidence } from '../../src/db/runs/evidence.ts';
import {
  exposureOf,
  failuresByWeight,
  maturedFailuresByWeight,
  type CountedExposure,
  type Exposure,
} from '../../src/db/routing/rollout-evidence.ts';
import { readSpecRevision } from '../../src/db/models/specs.ts';
import { readMaturity } from '../../src/db/traffic/mature/read-maturity.ts';
import type { ArmRows } from '../../src/db/traffic/read/count-by-arm.ts';
import { recordWrongDecisions, type MatureCut } from '../../src/db/traffic/store/record-wrong-decisions.ts';
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
  const { db } = database;
  const key = keyOf(row);
  const last = await lastLook(db, row);
  const mature = plan.failures.includes('wrong') ? await matured(database, row, { throughSeq, since: last }) : null;
  const atOnce = await failuresByWeight(db, key, throughSeq);
  const exposure = await exposureOf(db, key, throughSeq, last?.counted ?? null);
  const judged = judgeLook({ failures: atOnce, matured: mature?.seen ?? null, ...exposure, rollout: plan });
  const text = mature === null ? judged.text : `${judged.text} ${mature.maturity.text}`;
  return putEvidence(db, {
    model: row.model,
    kind: 'look',
    subject: { of: 'look', version: row.version, attempt: row.attempt, step, throughSeq },
    verdict: judged.verdict,
    body: { ...judged, text, step: name, throughSeq, atOnce, matured: mature?.seen ?? null, exposure },
  }).then(({ verdict, evidenceId }) => ({ verdict, evidenceId, text }));
}

/** Which decision was wrong is known of mature rows alone: before, labels that come sooner would decide. */
async function matured(
  database: Database,
  row: RolloutRow,
  { throughSeq, since }: { readonly throughSeq: number; readonly since: LastLook | null },
): Promise<{ readonly seen: MaturedFailures; readonly maturity: Maturity }> {
  const { db } = database;
  const key = keyOf(row);
  const { spec } = await readSpecRevision(db, row.model, row.specRevision);
  const maturity = await readMaturity(db, row.model, labelPlanOf(spec), { throughSeq });
  const matureSeq = Math.min(throughSeq, maturity.throughSeq);
  await withTransaction(database, (tx) =>
    recordWrongDecisions(tx, key, { since: since?.cut ?? null, throughSeq, matureSeq }),
  );
  const failures = await maturedFailuresByWeight(db, key, matureSeq);
  return { seen: { throughSeq: matureSeq, failures }, maturity };
}

interface LastLook {
  readonly counted: CountedExposure | null;
  /** Null where no label was looked at, and in evidence from before rows waited for theirs. */
  readonly cut: MatureCut | null;
}

/** What the last look had counted, at whatever step; null before the first. */
async function lastLook(db: Db, row: RolloutRow): Promise<LastLook | null> {
  const { version, attempt, lookedStep: step, lookedSeq: throughSeq } = row;
  if (step === null || throughSeq === null) return null;
  const look = await findEvidence(db, row.model, 'look', { of: 'look', version, attempt, step, throughSeq });
  // Written by `judge` with these members; read back defensively, since evidence outlives code.
  const { assigned = null, ...arms } = (look?.body['exposure'] ?? {}) as Partial<ArmRows & Pick<Exposure, 'assigned'>>;
  const matureSeq = (look?.body['matured'] as Partial<MaturedFailures> | null | undefined)?.throughSeq;
  return {
    counted: isWhole(arms) ? { throughSeq, arms, assigned } : null,
    cut: matureSeq === undefined ? null : { throughSeq, matureSeq },
  };
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
