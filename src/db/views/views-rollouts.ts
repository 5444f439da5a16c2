import { isOpenRollout, openRolloutStatuses } from '../../domain/rollout/routing.ts';
import { and, desc, eq, inArray, sql } from 'drizzle-orm';
import { z } from 'zod';
import { decodeCursor, keyInt, pageOf, type Page } from '../../contracts/http/page.ts';
import type { RolloutView } from '../../contracts/http/views.ts';
import { describeExtent, isRows } from '../../domain/words/extent.ts';
import { describeStep, stepsOf } from '../../domain/rollout/rollout-plan.ts';
import type { RolloutSpec } from '../../domain/spec/spec.ts';
import type { Db } from '../base/connect.ts';
import { approvalStanding } from '../routing/approvals.ts';
import { windowOf } from '../routing/freezes.ts';
import { lastSeqOf, type RolloutRow } from '../routing/rollouts.ts';
import { specMember } from '../models/spec-member.ts';
import { rollout, specRevision } from '../schema/index.ts';

export interface OpenRollout {
  readonly row: RolloutRow;
  /** Null where its spec revision is not stored. */
  readonly plan: RolloutSpec | null;
  /** Who has approved it and what is missing; null where its plan asks for one person, whoever it is. */
  readonly approval: string | null;
}

/** The rollout that holds the slot (active or held), with what it waits for; null when there is none. */
export async function openRolloutOf(db: Db, model: string): Promise<RolloutView | null> {
  const open = (await openRolloutsOf(db, [model])).get(model);
  return open === undefined ? null : rolloutViewOf(open, await lastSeqOf(db, model));
}

/**
 * The rollouts that hold the slots of the named models, by model: one query, and for each whose plan asks for more than
 * one person those that say who has approved it. The plan alone, as a spec may hold 2,000 features.
 */
export async function openRolloutsOf(db: Db, models: readonly string[]): Promise<ReadonlyMap<string, OpenRollout>> {
  const rows = await db
    .selectDistinctOn([rollout.model], {
      row: rollout,
      plan: specMember('rollout'),
    })
    .from(rollout)
    .leftJoin(specRevision, and(eq(specRevision.model, rollout.model), eq(specRevision.revision, rollout.specRevision)))
    .where(
      and(
        sql`${rollout.model} = any (${sql.param([...models])}::text[])`,
        inArray(rollout.status, openRolloutStatuses),
      ),
    )
    .orderBy(rollout.model, desc(rollout.startedAt));
  const found = new Map<string, OpenRollout>();
  for (const open of rows) found.set(open.row.model, { ...open, approval: await approvalOf(db, open) });
  return found;
}

async function approvalOf(db: Db, { row, plan }: Pick<OpenRollout, 'row' | 'plan'>): Promise<string | null> {
  return plan?.approval === undefined ? null : (await approvalStanding(db, row, plan)).text;
}

const rolloutKey = z.tuple([z.iso.datetime(), keyInt, keyInt]);

/** Rollouts of a model, latest first; at most `limit` (1..200). */
export async function listRollouts(db: Db, model: string, limit: number, cursor?: string): Promise<Page<RolloutView>> {
  const key = decodeCursor(rolloutKey, cursor);
  const after =
    key === null
      ? undefined
      : sql`(${rollout.startedAt}, ${rollout.version}, ${rollout.attempt}) < (${key[0]}::timestamptz,
        ${key[1]}::int, ${key[2]}::int)`;
  const rows = await db
    .select()
    .from(rollout)
    .where(and(eq(rollout.model, model), after))
    .orderBy(desc(rollout.startedAt), desc(rollout.version), desc(rollout.attempt))
    .limit(limit + 1);
  const page = pageOf(rows, limit, (row) => [row.startedAt.toISOString(), row.version, row.attempt]);
  const lastSeq = await lastSeqOf(db, model);
  const plans = new Map<number, RolloutSpec | null>();
  const views: RolloutView[] = [];
  for (const row of page.items) {
    if (!plans.has(row.specRevision)) plans.set(row.specRevision, await planOf(db, model, row.specRevision));
    const plan = plans.get(row.specRevision) ?? null;
    const approval = isOpenRollout(row.status) ? await approvalOf(db, { row, plan }) : null;
    views.push(rolloutViewOf({ row, plan, approval }, lastSeq));
  }
  return { items: views, next: page.next };
}

/** The plan alone: a spec may hold 2,000 features, and a status line needs none of them. */
async function planOf(db: Db, model: string, revision: number): Promise<RolloutSpec | null> {
  const [row] = await db
    .select({ plan: specMember('rollout') })
    .from(specRevision)
    .where(and(eq(specRevision.model, model), eq(specRevision.revision, revision)));
  return row?.plan ?? null;
}

export function rolloutViewOf(open: OpenRollout, lastSeq: number): RolloutView {
  const { row, plan } = open;
  return {
    version: row.version,
    attempt: row.attempt,
    status: row.status,
    step: row.step,
    steps: plan === null ? (row.step ?? 0) : stepsOf(plan).length,
    stepBegun: row.stepBegun,
    stepStartedSeq: row.stepStartedSeq,
    settledSeq: row.settledSeq,
    looks: row.looks,
    baseVersion: row.baseVersion,
    waitsFor: waitsFor(open, lastSeq),
    reason: row.reason,
    startedAt: row.startedAt.toISOString(),
    heldSince: row.heldSince?.toISOString() ?? null,
    endedAt: row.endedAt?.toISOString() ?? null,
  };
}

/** One clause for a person: what has to happen before this rollout moves on; null when it has ended. */
function waitsFor({ row, plan, approval }: OpenRollout, lastSeq: number): string | null {
  const standing = approval === null ? '' : `, ${approval}`;
  if (row.status === 'held')
    return `a person to approve or abort${standing}${row.reason === null ? '' : ` (${row.reason})`}`;
  if (row.status !== 'active') return null;
  const window = plan === null ? null : windowOf(plan, Date.now());
  const next = nextOf({ row, plan }, lastSeq);
  return window === null ? next : `the end of ${window.reason}; then ${next}`;
}

function nextOf({ row, plan }: Pick<OpenRollout, 'row' | 'plan'>, lastSeq: number): string {
  if (row.step === null) return 'its first step';
  const steps = plan === null ? [] : stepsOf(plan);
  const step = steps[row.step];
  if (step === undefined)
    return `labels for the paired comparison${plan === null ? '' : `, at most ${describeExtent(plan.deadline)}`}`;
  if (!row.stepBegun) return `every serving process to acknowledge ${step.name}`;
  if (!isRows(step.extent)) return `${step.name}: ${describeStep(step)}`;
  const done = Math.min(step.extent.rows, Math.max(0, lastSeq - row.stepStartedSeq));
  return `${step.name}: ${done} of ${step.extent.rows} rows`;
}
