import { and, asc, eq, gt, isNull, sql } from 'drizzle-orm';
import type { Db } from '../base/connect.ts';
import { approvalDelegation, command } from '../schema/index.ts';

export type Delegation = typeof approvalDelegation.$inferSelect;

/** Read at once; a model has at most 20 who may approve, and each of them hands it to 20 at most. */
const listedMax = 400;

/** Neither taken back nor over, by the clock of the database. */
const isLive = and(isNull(approvalDelegation.endedAt), gt(approvalDelegation.until, sql`now()`));

/** That stand now, by who handed it on and to whom. */
export async function liveDelegations(db: Db, model: string): Promise<readonly Delegation[]> {
  return db
    .select()
    .from(approvalDelegation)
    .where(and(eq(approvalDelegation.model, model), isLive))
    .orderBy(asc(approvalDelegation.delegator), asc(approvalDelegation.delegate))
    .limit(listedMax);
}

/**
 * Who had handed it to the maker of a command when that was recorded, as a column of a query over `command`. Those
 * columns are written out: drizzle names them without their table, and the inner query has a `model` too.
 */
export const delegatorsThen = sql<string[]>`array(select distinct d.delegator from ${approvalDelegation} d
  where d.model = command.model and d.delegate = command.actor and d.since <= command.created_at
    and d.until > command.created_at and (d.ended_at is null or d.ended_at > command.created_at))`;

/** The same of one command; none where no such command is recorded. */
export async function delegatorsOf(db: Db, commandId: string): Promise<readonly string[]> {
  const [row] = await db.select({ who: delegatorsThen }).from(command).where(eq(command.commandId, commandId));
  return row?.who ?? [];
}

export interface NewDelegation {
  readonly model: string;
  readonly delegator: string;
  readonly delegate: string;
  readonly reason: string;
  readonly forMs: number;
}

/** Stands from now on, in place of one that stood for the same two. Gives its end. */
export async function insertDelegation(tx: Db, { forMs, ...given }: NewDelegation): Promise<Date> {
  await endDelegation(tx, { ...given, by: given.delegator });
  const [row] = await tx
    .insert(approvalDelegation)
    .values({ ...given, until: sql`now() + ${forMs} * interval '1 millisecond'` })
    .returning({ until: approvalDelegation.until });
  if (row === undefined) throw new Error('a delegation was not written');
  return row.until;
}

/** Ends what stands between the two; false when nothing did. */
export async function endDelegation(
  tx: Db,
  ended: { readonly model: string; readonly delegator: string; readonly delegate: string; readonly by: string },
): Promise<boolean> {
  const rows = await tx
    .update(approvalDelegation)
    .set({ endedAt: sql`now()`, endedBy: ended.by })
    .where(
      and(
        eq(approvalDelegation.model, ended.model),
        eq(approvalDelegation.delegator, ended.delegator),
        eq(approvalDelegation.delegate, ended.delegate),
        isLive,
      ),
    )
    .returning({ id: approvalDelegation.delegationId });
  return rows.length > 0;
}
