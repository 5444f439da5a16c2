import { and, asc, desc, eq, sql } from 'drizzle-orm';
import { PerennialError } from '../../domain/words/errors.ts';
import type { RolloutKey } from '../../domain/words/ids.ts';
import { stepsOf, type PlannedStep } from '../../domain/rollout/rollout-plan.ts';
import type { Preflight } from '../../domain/rollout/preflight/told.ts';
import type { ExcessJudgement } from '../../domain/rollout/judge-excess.ts';
import type { PromotionJudgement } from '../../domain/rollout/judge-promotion.ts';
import type { RolloutSpec, TargetSpec } from '../../domain/spec/spec.ts';
import type { Db } from '../base/connect.ts';
import { specMember } from '../models/spec-member.ts';
import { evidence, rollout, specRevision } from '../schema/index.ts';
import { isOpenRollout, type StopRule } from '../../domain/rollout/routing.ts';
import { approvalStanding } from '../routing/approvals.ts';
import { findRollout, lastSeqOf, type RolloutRow } from '../routing/rollouts.ts';
import { openRolloutOf } from '../views/views-rollouts.ts';
import { wrongAnswersOf, type WrongAnswers } from './rollout-failures.ts';
import { formatOccasion, prefixWithin } from '../../domain/record/occasion.ts';

/** One look at a step, as it was judged. */
export interface LookPoint {
  readonly at: Date;
  readonly verdict: string;
  readonly step: string;
  readonly throughSeq: number;
  readonly logEValue: number;
  /** Where it stops the challenger; 0 in looks that did not store it. */
  readonly boundary: number;
  readonly championFailures: number;
  readonly challengerFailures: number;
  readonly challengerRows: number;
  readonly championRows: number;
  readonly challengerErrors: number;
  readonly entities: number;
  readonly stoppedBy: StopRule | null;
  /** Whether the evidence is that of mature rows, wrong decisions included; null in looks that did not store it. */
  readonly isMature: boolean | null;
  /** Failures beyond the champion's; null where the plan sets no limit to them. */
  readonly excess: Pick<ExcessJudgement, 'estimate' | 'proven' | 'max'> | null;
  readonly failures: readonly {
    readonly weight: number;
    readonly championFailures: number;
    readonly challengerFailures: number;
  }[];
}

export interface PromotionLook extends PromotionJudgement {
  readonly at: Date;
  readonly decided: string;
  readonly throughSeq: number;
  readonly atDeadline: boolean;
}

export interface RolloutPage {
  readonly key: RolloutKey;
  /** What has to happen before it moves on; null when it has ended. */
  readonly waitsFor: string | null;
  /** Who has approved it and what is missing; null where one person, whoever it is, suffices. */
  readonly approval: string | null;
  readonly row: RolloutRow;
  readonly plan: RolloutSpec;
  readonly target: TargetSpec;
  readonly steps: readonly PlannedStep[];
  readonly lastSeq: number;
  readonly looks: readonly LookPoint[];
  readonly looksLeftOut: number;
  readonly promotions: readonly PromotionLook[];
  readonly preflight: Pick<Preflight, 'text'> | null;
  readonly guard: { readonly at: Date; readonly verdict: string; readonly text: string } | null;
  readonly failures: WrongAnswers;
  readonly attempts: readonly number[];
}

/** Looks that are drawn: the latest. A plan of more than this many looks is drawn from its end. */
const looksMax = 400;
const promotionsMax = 100;

/**
 * By time before number: an order by the number alone tempts the planner to walk the evidence of all models backwards
 * until it has met enough rows of this one, instead of reading this one's and sorting them.
 */
const latestFirst = [desc(evidence.createdAt), desc(evidence.evidenceId)];

/** One rollout with every look at it. Throws `not_found` listing the rollouts that exist. */
export async function rolloutPageOf(db: Db, key: RolloutKey): Promise<RolloutPage> {
  const row = await findRollout(db, key);
  if (row === null) throw await rolloutNotFound(db, key);
  const [stored] = await db
    .select({
      plan: specMember('rollout'),
      target: specMember('target'),
    })
    .from(specRevision)
    .where(and(eq(specRevision.model, key.model), eq(specRevision.revision, row.specRevision)));
  if (stored === undefined)
    throw new PerennialError(
      'not_found',
      `The rollout of v${key.version} of "${key.model}" names spec revision ${row.specRevision}, which does not exist.`,
    );
  const open = await openRolloutOf(db, key.model);
  const looks = await looksOf(db, key);
  return {
    key,
    waitsFor: open !== null && open.version === key.version && open.attempt === key.attempt ? open.waitsFor : null,
    approval:
      stored.plan.approval !== undefined && isOpenRollout(row.status)
        ? (await approvalStanding(db, row, stored.plan)).text
        : null,
    row,
    plan: stored.plan,
    target: stored.target,
    steps: stepsOf(stored.plan),
    lastSeq: await lastSeqOf(db, key.model),
    looks,
    looksLeftOut: Math.max(0, row.looks - looks.length),
    promotions: await promotionsOf(db, key),
    preflight: await preflightOf(db, key),
    guard: await guardOf(db, key),
    failures: await wrongAnswersOf(db, key),
    attempts: await attemptsOf(db, key),
  };
}

async function rolloutNotFound(db: Db, key: RolloutKey): Promise<PerennialError> {
  const known = await db
    .select({ version: rollout.version, attempt: rollout.attempt })
    .from(rollout)
    .where(eq(rollout.model, key.model))
    .orderBy(desc(rollout.startedAt))
    .limit(20);
  const list =
    known.length === 0
      ? 'it has had none yet'
      : `it has had ${known.map((row) => `v${row.version}/${row.attempt}`).join(', ')}`;
  return new PerennialError(
    'not_found',
    `Model "${key.model}" has no rollout of v${key.version}, attempt ${key.attempt}; ${list}.`,
    { hint: 'Open one of the rollouts listed at /rollouts.' },
  );
}

async function attemptsOf(db: Db, key: RolloutKey): Promise<readonly number[]> {
  const rows = await db
    .select({ attempt: rollout.attempt })
    .from(rollout)
    .where(and(eq(rollout.model, key.model), eq(rollout.version, key.version)))
    .orderBy(desc(rollout.attempt))
    .limit(20);
  return rows.map((row) => row.attempt);
}

/** Oldest first. Only the members that are drawn leave the database: a body may list hundreds of weights. */
async function looksOf(db: Db, key: RolloutKey): Promise<LookPoint[]> {
  const { body } = evidence;
  const rows = await db
    .select({
      at: evidence.createdAt,
      verdict: evidence.verdict,
      step: sql<string>`coalesce(${body} ->> 'step', '')`,
      throughSeq: numberIn('throughSeq'),
      logEValue: numberIn('logEValue'),
      boundary: numberIn('boundary'),
      championFailures: numberIn('championFailures'),
      challengerFailures: numberIn('challengerFailures'),
      challengerRows: numberIn('exposure', 'challengerRows'),
      championRows: numberIn('exposure', 'championRows'),
      challengerErrors: numberIn('exposure', 'challengerErrors'),
      entities: numberIn('exposure', 'entities'),
      stoppedBy: sql<StopRule | null>`${body} ->> 'stoppedBy'`,
      isMature: sql<boolean | null>`(${body} ->> 'isMature')::boolean`,
      excess: sql<LookPoint['excess']>`nullif(${body} -> 'excess', 'null'::jsonb)`,
      failures: sql<LookPoint['failures']>`coalesce(${body} -> 'failures', '[]'::jsonb)`,
    })
    .from(evidence)
    .where(
      and(
        eq(evidence.model, key.model),
        eq(evidence.kind, 'look'),
        sql`${evidence.subject} like ${`${prefixWithin({ of: 'rollout', ...key })}%`}`,
      ),
    )
    .orderBy(...latestFirst)
    .limit(looksMax);
  return rows.toReversed();
}

function numberIn(...path: readonly string[]) {
  return sql<number>`coalesce((${evidence.body} #>> ${`{${path.join(',')}}`})::float8, 0)`;
}

async function promotionsOf(db: Db, key: RolloutKey): Promise<PromotionLook[]> {
  const rows = await db
    .select({ at: evidence.createdAt, decided: evidence.verdict, body: evidence.body })
    .from(evidence)
    .where(
      and(
        eq(evidence.model, key.model),
        eq(evidence.kind, 'promotion'),
        sql`${evidence.subject} like ${`${prefixWithin({ of: 'rollout', ...key })}%`}`,
      ),
    )
    .orderBy(...latestFirst)
    .limit(promotionsMax);
  // Written by judgePairs with these members.
  return rows
    .toReversed()
    .map(({ at, decided, body }) => ({ ...(body as unknown as Omit<PromotionLook, 'at' | 'decided'>), at, decided }));
}

async function preflightOf(db: Db, key: RolloutKey): Promise<{ readonly text: string } | null> {
  const [row] = await db
    .select({ text: sql<string | null>`${evidence.body} ->> 'text'` })
    .from(evidence)
    .where(
      and(
        eq(evidence.model, key.model),
        eq(evidence.kind, 'preflight'),
        eq(evidence.subject, formatOccasion({ of: 'rollout', ...key })),
      ),
    )
    .orderBy(asc(evidence.createdAt))
    .limit(1);
  return row?.text == null ? null : { text: row.text };
}

async function guardOf(db: Db, key: RolloutKey): Promise<RolloutPage['guard']> {
  const [row] = await db
    .select({
      at: evidence.createdAt,
      verdict: evidence.verdict,
      text: sql<string | null>`${evidence.body} ->> 'text'`,
    })
    .from(evidence)
    .where(
      and(
        eq(evidence.model, key.model),
        eq(evidence.kind, 'guard'),
        eq(evidence.subject, formatOccasion({ of: 'version', version: key.version })),
      ),
    )
    .limit(1);
  return row === undefined ? null : { at: row.at, verdict: row.verdict, text: row.text ?? '' };
}
