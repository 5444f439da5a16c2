import { isOpenRollout, openRolloutStatuses, type EndedRolloutStatus } from '../../domain/rollout/routing.ts';
import { and, desc, eq, inArray, sql } from 'drizzle-orm';
import type { AuditEntry } from '../../domain/record/audit-types.ts';
import { workflowIds, type RolloutKey } from '../../domain/words/ids.ts';
import { weightOfPercent } from '../../domain/rollout/routing.ts';
import type { PlannedStep } from '../../domain/rollout/rollout-plan.ts';
import { appendAudit } from '../audit/audit.ts';
import { atomically, type Db } from '../base/connect.ts';
import { settleDecisions } from '../people/settle-decisions.ts';
import { lockRouting, recordMove, routedVersionOf, writeRouting } from './routing.ts';
import { closeRun } from '../runs/runs.ts';
import { modelStream, rollout } from '../schema/index.ts';

export type RolloutRow = typeof rollout.$inferSelect;

/** The row of one rollout. */
export const byKey = (key: RolloutKey) =>
  and(eq(rollout.model, key.model), eq(rollout.version, key.version), eq(rollout.attempt, key.attempt));

export async function findRollout(db: Db, key: RolloutKey): Promise<RolloutRow | null> {
  const [row] = await db.select().from(rollout).where(byKey(key));
  return row ?? null;
}

export async function activeRollout(db: Db, model: string): Promise<RolloutRow | null> {
  const [row] = await db
    .select()
    .from(rollout)
    .where(and(eq(rollout.model, model), inArray(rollout.status, openRolloutStatuses)))
    .orderBy(desc(rollout.startedAt))
    .limit(1);
  return row ?? null;
}

/** The number of the last rollout of a version; 0 for one that had none. */
export async function lastAttemptOf(db: Db, model: string, version: number): Promise<number> {
  const [row] = await db
    .select({ attempt: rollout.attempt })
    .from(rollout)
    .where(and(eq(rollout.model, model), eq(rollout.version, version)))
    .orderBy(desc(rollout.attempt))
    .limit(1);
  return row?.attempt ?? 0;
}

/** One rollout per (version, attempt), whoever asks how often. */
export async function insertRollout(
  tx: Db,
  row: {
    readonly key: RolloutKey;
    readonly baseVersion: number | null;
    readonly specRevision: number;
    readonly salt: string;
  },
): Promise<void> {
  const inserted = await tx
    .insert(rollout)
    .values({
      ...row.key,
      status: 'active',
      baseVersion: row.baseVersion,
      specRevision: row.specRevision,
      salt: row.salt,
    })
    .onConflictDoNothing()
    .returning({ version: rollout.version });
  if (inserted.length > 0)
    await auditRollout(tx, row.key, {
      type: 'perennial.rollout.opened',
      reason: `v${row.key.version} against ${row.baseVersion === null ? 'nothing' : `v${row.baseVersion}`}`,
      data: { baseVersion: row.baseVersion },
    });
}

type RolloutEntry = Pick<AuditEntry, 'type' | 'reason' | 'data'> & {
  readonly actor?: string;
  readonly evidenceId?: number | null;
};

export async function auditRollout(tx: Db, key: RolloutKey, entry: RolloutEntry): Promise<void> {
  const runId = workflowIds.rollout(key.model, key.version, key.attempt);
  const { model: name, version, attempt } = key;
  await appendAudit(tx, {
    actor: 'rollout',
    ...entry,
    model: name,
    subject: { of: 'run', runId },
    runId,
    data: { version, attempt, ...entry.data },
  });
}

export async function lastSeqOf(db: Db, model: string): Promise<number> {
  const [row] = await db.select({ lastSeq: modelStream.lastSeq }).from(modelStream).where(eq(modelStream.model, model));
  return row?.lastSeq ?? 0;
}

export type RouteStep =
  | { readonly state: 'routed'; readonly revision: number }
  | { readonly state: 'gone'; readonly reason: string };

/**
 * Compare-and-set: the step's routing is written only while this rollout owns the slot and its base is still champion.
 */
export async function routeStep(
  tx: Db,
  key: RolloutKey,
  stepIndex: number,
  step: PlannedStep,
  leaseMs: number,
): Promise<RouteStep> {
  const entry = await lockRouting(tx, key.model);
  const row = await findRollout(tx, key);
  if (row === null || (row.status !== 'active' && row.status !== 'held'))
    return { state: 'gone', reason: row?.reason ?? 'the rollout was closed' };
  if ((entry.champion?.version ?? null) !== row.baseVersion)
    return { state: 'gone', reason: 'the champion changed under the rollout' };
  const owner = entry.rollout;
  if (owner !== null && (owner.version !== key.version || owner.attempt !== key.attempt))
    return { state: 'gone', reason: `the slot belongs to v${owner.version}` };
  if (row.step === stepIndex && owner !== null) return { state: 'routed', revision: entry.revision };
  const challenger = await routedVersionOf(tx, key.model, key.version);
  const revision = await writeRouting(
    tx,
    {
      ...entry,
      challenger,
      stage: step.stage,
      rollout: key,
      challengerWeight: weightOfPercent(step.percent),
      salt: row.salt,
    },
    leaseMs,
  );
  await tx
    .update(rollout)
    .set({
      step: stepIndex,
      stepBegun: false,
      firstRevision: row.firstRevision ?? revision,
      // One that a person was asked for goes on.
      ...(row.status === 'held' ? { status: 'active' as const, heldSince: null, reason: null } : {}),
    })
    .where(byKey(key));
  const { stage, percent } = step;
  await auditRollout(tx, key, {
    type: 'perennial.rollout.step',
    reason: `${stage} at ${percent} %`,
    data: { step: stepIndex, stage, percent, revision },
  });
  return { state: 'routed', revision };
}

/** The step begins: its exposure is counted from the next row on. */
export async function markStepBegun(tx: Db, key: RolloutKey, stepIndex: number): Promise<void> {
  const lastSeq = await lastSeqOf(tx, key.model);
  const first = stepIndex === 0 ? { startedSeq: lastSeq } : {};
  await tx
    .update(rollout)
    .set({ stepBegun: true, stepStartedSeq: lastSeq, stepStartedAt: new Date(), settledSeq: lastSeq, ...first })
    .where(and(byKey(key), eq(rollout.step, stepIndex), eq(rollout.stepBegun, false)));
}

/** After the last canary step: the wait for paired evidence is a step of its own, with the last routing. */
export async function enterPairing(tx: Db, key: RolloutKey, stepIndex: number): Promise<void> {
  await tx
    .update(rollout)
    .set({ step: stepIndex, stepBegun: false, stepStartedSeq: sql`${rollout.settledSeq}`, stepStartedAt: new Date() })
    .where(and(byKey(key), sql`(${rollout.step} is null or ${rollout.step} < ${stepIndex})`));
}

/** Rows up to `throughSeq` are decided; `stepBegun` is false once the step is done: there is room for the next one. */
export async function settleLook(tx: Db, key: RolloutKey, throughSeq: number, stepBegun: boolean): Promise<void> {
  await tx
    .update(rollout)
    .set({ settledSeq: throughSeq, settledAt: sql`now()`, stepBegun, looks: sql`${rollout.looks} + 1` })
    .where(byKey(key));
}

/** Harm was looked for through this row; the next look goes on from here, whatever the rollout waits for by then. */
export async function markLooked(tx: Db, key: RolloutKey, look: Look): Promise<void> {
  await tx
    .update(rollout)
    .set({ lookedStep: look.step, lookedSeq: look.throughSeq, lookedAt: sql`now()` })
    .where(byKey(key));
}

export interface Look {
  readonly step: number;
  readonly throughSeq: number;
}

export async function markHeld(db: Db, key: RolloutKey, reason: string): Promise<void> {
  await atomically(db, async (tx) => {
    const held = await tx
      .update(rollout)
      .set({ status: 'held', heldSince: new Date(), reason })
      .where(and(byKey(key), eq(rollout.status, 'active')))
      .returning({ version: rollout.version });
    if (held.length > 0) await auditRollout(tx, key, { type: 'perennial.rollout.held', reason });
  });
}

export interface Ending {
  readonly actor: string;
  readonly reason: string;
  readonly evidenceId: number | null;
  /** The command that asked for it; null or absent when nobody did. */
  readonly commandId?: string | null;
  /** The commands that asked for it together with that one. */
  readonly together?: readonly string[];
}

/** Promotion: only while the slot is still this rollout's (or nobody is champion yet). False when superseded. */
export async function promoteChallenger(tx: Db, key: RolloutKey, runId: string, end: Ending): Promise<boolean> {
  const entry = await lockRouting(tx, key.model);
  const row = await findRollout(tx, key);
  if (row === null) return false;
  if (row.status === 'promoted') return true;
  if (row.status === 'rolled-back' || (entry.champion?.version ?? null) !== row.baseVersion) return false;
  // With its correction, if it was given one while it stood by.
  const champion =
    entry.challenger?.version === key.version ? entry.challenger : await routedVersionOf(tx, key.model, key.version);
  const revision = await writeRouting(
    tx,
    { ...entry, champion, challenger: null, stage: 'steady', rollout: null, challengerWeight: 0 },
    null,
  );
  await recordMove(tx, {
    model: key.model,
    fromVersion: row.baseVersion,
    toVersion: key.version,
    actor: end.actor,
    why: end.reason,
    commandId: end.commandId ?? null,
    evidenceId: end.evidenceId,
    routingRevision: revision,
    runId,
  });
  await endRollout(tx, key, runId, 'promoted', end, entry.revision);
  return true;
}

/** Going to 0 % is unconditional: whoever owns the slot, this rollout's challenger leaves it. */
export async function withdrawChallenger(tx: Db, key: RolloutKey, runId: string, end: Ending): Promise<void> {
  const entry = await lockRouting(tx, key.model);
  const row = await findRollout(tx, key);
  if (entry.rollout !== null && entry.rollout.version === key.version && entry.rollout.attempt === key.attempt) {
    const stage = entry.champion === null ? 'empty' : 'steady';
    await writeRouting(tx, { ...entry, challenger: null, stage, rollout: null, challengerWeight: 0 }, null);
  }
  if (row !== null && isOpenRollout(row.status)) await endRollout(tx, key, runId, 'rolled-back', end, entry.revision);
}

async function endRollout(
  tx: Db,
  key: RolloutKey,
  runId: string,
  status: EndedRolloutStatus,
  end: Ending,
  lastRevision: number,
): Promise<void> {
  await tx
    .update(rollout)
    .set({
      status,
      reason: end.reason,
      evidenceId: end.evidenceId,
      lastRevision,
      endedAt: new Date(),
      endedSeq: sql`greatest(${rollout.settledSeq}, ${rollout.stepStartedSeq})`,
    })
    .where(byKey(key));
  await settleDecisions(tx, key, end);
  const type = status === 'promoted' ? 'perennial.rollout.promoted' : 'perennial.rollout.rolled-back';
  await auditRollout(tx, key, { type, reason: end.reason, actor: end.actor, evidenceId: end.evidenceId });
  await closeRun(tx, runId, {
    status: 'completed',
    detail: `${status}: ${end.reason}`,
    output: { status, evidenceId: end.evidenceId },
  });
}
