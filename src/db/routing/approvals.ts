import { and, asc, eq, gte, ne, sql } from 'drizzle-orm';
import { askedStep } from '../../domain/rollout/rollout-plan.ts';
import { judgeApproval, type ApprovalStanding } from '../../domain/rollout/judge-approval.ts';
import { seatsOf, type Approver } from '../../domain/spec/approval/may-approve.ts';
import { defaultApproval } from '../../domain/spec/default-spec.ts';
import type { RolloutSpec } from '../../domain/spec/spec.ts';
import type { Db } from '../base/connect.ts';
import { parseOccasion } from '../../domain/record/occasion.ts';
import { delegatorsThen, liveDelegations } from '../people/delegations.ts';
import { command, decision, specRevision, version } from '../schema/index.ts';
import type { RolloutRow } from './rollouts.ts';

export interface GivenApproval {
  readonly commandId: string;
  readonly actor: string;
  /** Who had handed it to the actor by then. */
  readonly delegators: readonly string[];
}

export interface FoundStanding extends ApprovalStanding {
  readonly approvals: readonly GivenApproval[];
}

type About = Pick<RolloutRow, 'model' | 'version' | 'attempt' | 'specRevision' | 'startedAt' | 'status' | 'step'>;
type Plan = Pick<RolloutSpec, 'approval' | 'shadow' | 'canary'>;

/**
 * Who has approved what a rollout asks for (a step, or null for the promotion), and what is missing by its plan. Rows
 * of commands alone say so, and only those of people whom the plan lets approve.
 */
export async function approvalStanding(
  db: Db,
  row: About,
  plan: Plan,
  step: number | null = askedStep(row, plan),
): Promise<FoundStanding> {
  const { approval = defaultApproval } = plan;
  const said = await approvalsOf(db, row, step);
  const toApprover = ({ actor, delegators }: GivenApproval): Approver => ({ name: actor, delegators });
  const approvals = said.filter((given) => seatsOf(approval, toApprover(given)).length > 0);
  const authors = approval.fourEyes ? await authorsOf(db, row) : [];
  const live = approval.by === undefined ? [] : await liveDelegations(db, row.model);
  const delegated = live.map(({ delegator: from, delegate: to }) => ({ from, to }));
  const approvers = approvals.map(toApprover);
  return { ...judgeApproval({ plan: approval, approvers, authors, delegated }), approvals };
}

/**
 * How far the clock of a database may be set back, when a standby takes over, without an approval being overlooked.
 * The version and the attempt say which approvals are meant; the time only bounds what is read.
 */
const clockSlack = sql`interval '1 day'`;

/**
 * Law: linear in what people said of the model since the day before the rollout was written down, each with the
 * delegations of the model that had not ended by then.
 */
async function approvalsOf(db: Db, row: About, step: number | null): Promise<readonly GivenApproval[]> {
  return db
    .select({ commandId: command.commandId, actor: command.actor, delegators: delegatorsThen })
    .from(command)
    .where(
      and(
        eq(command.model, row.model),
        gte(command.createdAt, sql`${row.startedAt}::timestamptz - ${clockSlack}`),
        eq(command.kind, 'approve'),
        ne(command.status, 'refused'),
        sql`(${command.target} ->> 'version')::int = ${row.version}`,
        sql`(${command.target} ->> 'attempt')::int = ${row.attempt}`,
        sql`(${command.target} ->> 'step')::int is not distinct from ${step}::int`,
      ),
    )
    .orderBy(asc(command.createdAt), asc(command.commandId));
}

/** Who declared the definition of the rollout and of its version, and who asked for the training where a person did. */
async function authorsOf(
  db: Db,
  { model, version: number, specRevision: revision }: About,
): Promise<readonly string[]> {
  const [found] = await db
    .select({ runId: version.runId, revision: version.specRevision })
    .from(version)
    .where(and(eq(version.model, model), eq(version.version, number)));
  const revisions = [revision, found?.revision ?? revision];
  const declared = await db
    .select({ actor: specRevision.actor })
    .from(specRevision)
    .where(and(eq(specRevision.model, model), sql`${specRevision.revision} = any (${sql.param(revisions)}::int[])`));
  return [...declared.map(({ actor }) => actor), ...(await askersOf(db, model, found?.runId ?? null))];
}

async function askersOf(db: Db, model: string, runId: string | null): Promise<readonly string[]> {
  if (runId === null) return [];
  const decided = await db
    .select({ key: decision.key })
    .from(decision)
    .where(and(eq(decision.model, model), eq(decision.runId, runId)));
  const ids = decided.flatMap(({ key }) => {
    const occasion = parseOccasion(key);
    const asked = occasion?.of === 'thawed' ? occasion.held : occasion;
    return asked?.of === 'command' ? [asked.commandId] : [];
  });
  if (ids.length === 0) return [];
  const rows = await db
    .select({ actor: command.actor })
    .from(command)
    .where(sql`${command.commandId} = any (${sql.param(ids)}::uuid[])`);
  return rows.map(({ actor }) => actor);
}
