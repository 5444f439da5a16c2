import { sql } from 'drizzle-orm';
import { dueLook, stepsOf } from '../../domain/rollout/rollout-plan.ts';
import type { RoutingEntry } from '../../domain/rollout/routing.ts';
import type { Db } from '../base/connect.ts';
import { standstillOf } from '../routing/freezes.ts';
import { activeRollout, lastSeqOf, type RolloutRow } from '../routing/rollouts.ts';
import { isAcknowledged, readRouting } from '../routing/routing.ts';
import { readSpecRevision } from '../models/specs.ts';

export interface Settling {
  /** What the platform still has to decide about the traffic it has seen; null when nothing. */
  readonly waitsFor: string | null;
  readonly open: RolloutRow | null;
  readonly routing: RoutingEntry | null;
}

/**
 * A client that replays rows waits until nothing is waited for at the end of each window, so that its result does not
 * depend on anybody's speed. Read in the order in which things follow from each other (windows and trainings, then the
 * rollout that they open, then the routing that it writes): what moves on between two reads is seen in the later one.
 */
export async function settlingOf(db: Db, model: string): Promise<Settling> {
  const undecided = await undecidedOf(db, model);
  const open = await activeRollout(db, model);
  const routing = await readRouting(db, model);
  return { waitsFor: undecided ?? (await slotWaitsFor(db, model, open, routing)), open, routing };
}

async function undecidedOf(db: Db, model: string): Promise<string | null> {
  const result = await db.execute<{ unjudged: number; undecided: number; correcting: number; training: number }>(sql`
    select
      (select count(*) from "window" w where w.model = ${model} and w.judged_at is null)::int as unjudged,
      (select count(*) from "window" w where w.model = ${model} and w.judged_at is not null
        and w.decided_at is null)::int as undecided,
      (select count(*) from model_stream s where s.model = ${model} and s.labelled_rows >= s.correction_due)::int as
      correcting,
      (select count(*) from run r where r.model = ${model} and r.kind = 'train' and r.status = 'running')::int as
      training`);
  const row = result.rows[0];
  if (row === undefined) return null;
  if (row.unjudged > 0) return `${row.unjudged} window(s) to be judged`;
  if (row.undecided > 0) return `${row.undecided} retrain decision(s)`;
  if (row.correcting > 0) return 'a correction within the window';
  return row.training > 0 ? 'a training' : null;
}

async function slotWaitsFor(
  db: Db,
  model: string,
  open: RolloutRow | null,
  routing: RoutingEntry | null,
): Promise<string | null> {
  if (open !== null && open.status === 'active' && (await isMoving(db, open)))
    return `a step of the rollout of v${open.version}`;
  if (routing !== null && routing.champion !== null && !(await isAcknowledged(db, model, routing.revision)))
    return 'every inference process to take the new routing';
  return null;
}

/** Between steps, or with a look due: the next rows belong to whatever comes out of it. */
async function isMoving(db: Db, row: RolloutRow): Promise<boolean> {
  const { spec } = await readSpecRevision(db, row.model, row.specRevision);
  const plan = spec.rollout;
  // Frozen, a rollout is looked at for harm and does not advance: there is no step to wait for.
  const isFrozen = (await standstillOf(db, row.model, plan, Date.now())) !== null;
  if (!row.stepBegun) return !isFrozen;
  const step = row.step === null ? undefined : stepsOf(plan)[row.step];
  if (isFrozen && step === undefined) return false;
  const nowMs = Date.now();
  const due = dueLook({
    lookEvery: plan.lookEvery,
    rowsMin: step?.rowsMin ?? 0,
    extent: isFrozen ? { rows: Number.MAX_SAFE_INTEGER } : (step?.extent ?? plan.deadline),
    stepStartedSeq: row.stepStartedSeq,
    stepStartedMs: row.stepStartedAt?.getTime() ?? nowMs,
    settledSeq: row.settledSeq,
    lastLookMs: nowMs,
    lastSeq: await lastSeqOf(db, row.model),
    nowMs,
  });
  return due !== null && (due.throughSeq > row.settledSeq || due.isStepDone);
}
