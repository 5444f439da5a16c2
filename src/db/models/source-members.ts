import { and, asc, eq, notInArray, sql } from 'drizzle-orm';
import type { PgColumn } from 'drizzle-orm/pg-core';
import type { LagUnit } from '../../domain/record/closed-sets.ts';
import type { Db } from '../base/connect.ts';
import { sourceMember } from '../schema/index.ts';

export type SourceMemberRow = typeof sourceMember.$inferSelect;

/** One source of a union as a look found it. */
interface FoundMember {
  readonly name: string;
  readonly digest: string | null;
  /** Of its definition: how long nothing new may come. */
  readonly freshMs: number | undefined;
  readonly lag: {
    readonly unread: number;
    readonly unit: LagUnit;
    readonly isAtLeast?: boolean;
    readonly stale?: { readonly ageMs: number };
  } | null;
  readonly problem: string | null;
  readonly late: number;
}

/** The sources of a model's union, by name; none where it has one source. At most as many as a union may have. */
export async function sourceMembersOf(db: Db, model: string): Promise<readonly SourceMemberRow[]> {
  return db.select().from(sourceMember).where(eq(sourceMember.model, model)).orderBy(asc(sourceMember.member));
}

/** Keeps what a look found, and answers how they stand. Sources that the definition no longer has are forgotten. */
export async function noteMembersFound(
  db: Db,
  { model, specRevision }: { readonly model: string; readonly specRevision: number },
  found: readonly FoundMember[],
): Promise<readonly SourceMemberRow[]> {
  const names = found.map(({ name }) => name);
  await db.delete(sourceMember).where(and(eq(sourceMember.model, model), notInArray(sourceMember.member, names)));
  for (const { name: member, digest, freshMs, lag, problem, late } of found) {
    // What cannot be read has not changed, and is waited for all the same.
    const isNew = sql`(${problem === null} and (${sourceMember.changedAt} is null or
      ${sourceMember.digest} is distinct from ${digest}::text))`;
    const unchangedMs = sql`extract(epoch from now() - ${sourceMember.changedAt}) * 1000`;
    const seen = {
      lookedAt: sql`now()`,
      lagUnread: lag?.unread ?? null,
      lagUnit: lag?.unit ?? null,
      isLagAtLeast: lag?.isAtLeast ?? false,
      late,
      problem,
    };
    const staleMs = lag?.stale === undefined ? null : Math.round(lag.stale.ageMs);
    // oxlint-disable-next-line no-await-in-loop -- eight at most
    await db
      .insert(sourceMember)
      .values({
        model,
        member,
        specRevision,
        ...seen,
        digest,
        changedAt: sql`now()`,
        staleMs,
        failures: problem === null ? 0 : 1,
      })
      .onConflictDoUpdate({
        target: [sourceMember.model, sourceMember.member],
        set: {
          ...seen,
          digest: sql`case when ${problem === null} then ${digest}::text else ${sourceMember.digest} end`,
          changedAt: sql`case when ${isNew} then now() else coalesce(${sourceMember.changedAt}, now()) end`,
          staleMs: sql`coalesce(${staleMs}::bigint,
            case when not ${isNew} and ${unchangedMs} > ${freshMs ?? null}::float8
            then (${unchangedMs})::bigint end)`,
          failures: problem === null ? 0 : sql`${sourceMember.failures} + 1`,
        },
      });
  }
  return sourceMembersOf(db, model);
}

/** What was taken of a source under one revision; another one reads everything anew, and counts so. */
export interface TakenRows {
  readonly model: string;
  readonly member: string;
  readonly specRevision: number;
  readonly rows: number;
  readonly quarantinedRows: number;
  /** Accepted rows whose key another source had before. */
  readonly repeatedRows: number;
  /** False for quarantined rows that were replayed: nothing was read, so that lag and refusal stand as they are. */
  readonly isRead: boolean;
}

/** Counts a batch, in the transaction that stores its snapshot: once, however often it is told. */
export async function noteMemberTaken(tx: Db, taken: TakenRows): Promise<void> {
  const { model, member, specRevision } = taken;
  const added = (column: PgColumn, rows: number) =>
    sql`case when ${sourceMember.specRevision} = ${specRevision} then ${column} else 0 end + ${rows}::bigint`;
  await tx
    .insert(sourceMember)
    .values({
      model,
      member,
      specRevision,
      takenRows: taken.rows,
      quarantinedRows: taken.quarantinedRows,
      repeatedRows: taken.repeatedRows,
      ...(taken.isRead ? { takenAt: sql`now()` } : {}),
    })
    .onConflictDoUpdate({
      target: [sourceMember.model, sourceMember.member],
      set: {
        specRevision,
        takenRows: added(sourceMember.takenRows, taken.rows),
        quarantinedRows: added(sourceMember.quarantinedRows, taken.quarantinedRows),
        repeatedRows: added(sourceMember.repeatedRows, taken.repeatedRows),
        ...(taken.isRead ? readThrough : {}),
      },
    });
}

/** How a source stands of which the newest batch was taken. */
const readThrough = {
  takenAt: sql`now()`,
  lagUnread: sql`case when ${sourceMember.lagUnit} is null then null else 0 end`,
  isLagAtLeast: false,
  refusal: null,
};

/** Why the contract refused the last batch of a source. */
export async function noteMemberRefused(
  db: Db,
  { model, member, specRevision }: Pick<TakenRows, 'model' | 'member' | 'specRevision'>,
  refusal: string,
): Promise<void> {
  await db
    .insert(sourceMember)
    .values({ model, member, specRevision, refusal })
    .onConflictDoUpdate({ target: [sourceMember.model, sourceMember.member], set: { refusal } });
}
