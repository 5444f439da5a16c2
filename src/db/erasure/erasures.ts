import { and, desc, eq, inArray, isNotNull, isNull, lt, ne, or, sql } from 'drizzle-orm';
import type { ErasureEnd } from '../../domain/record/erasure/erasure.ts';
import { PerennialError } from '../../domain/words/errors.ts';
import type { Db } from '../base/connect.ts';
import { erasure, erasureCount, erasureHash, erasureRow, erasureSubject, exclusion } from '../schema/index.ts';

export type Erasure = typeof erasure.$inferSelect;

/** Writes an erasure down with whom it is about, and the names of the entity in the log of each model. */
export async function putErasure(
  tx: Db,
  row: Omit<typeof erasure.$inferInsert, 'status'>,
  subject: {
    readonly entity: string;
    readonly names: readonly { readonly model: string; readonly entityHash: string }[];
  },
): Promise<void> {
  await tx.insert(erasure).values({ ...row, status: 'running' });
  await tx.insert(erasureSubject).values({ erasureId: row.erasureId, entity: subject.entity });
  if (subject.names.length === 0) return;
  await tx.execute(sql`
    insert into erasure_hash (model, entity_hash, erasure_id, erased_at)
    select n.model, n.hash, ${row.erasureId}::uuid, now() from unnest(
      ${sql.param(subject.names.map(({ model }) => model))}::text[],
      ${sql.param(subject.names.map(({ entityHash }) => entityHash))}::text[]) as n (model, hash)`);
}

/** Throws `not_found`, in the same words for one that `isSeen` does not let be seen. */
export async function readErasure(
  db: Db,
  erasureId: string,
  isSeen: (row: Erasure) => boolean = () => true,
): Promise<Erasure> {
  const [row] = await db.select().from(erasure).where(eq(erasure.erasureId, erasureId));
  if (row !== undefined && isSeen(row)) return row;
  throw new PerennialError('not_found', `There is no erasure ${erasureId}.`, {
    path: 'id',
    hint: 'See `perennial erase list`.',
  });
}

/** Whom it is about; null once it has ended, and after a restore. */
export async function subjectOf(db: Db, erasureId: string): Promise<string | null> {
  const [row] = await db
    .select({ entity: erasureSubject.entity })
    .from(erasureSubject)
    .where(eq(erasureSubject.erasureId, erasureId));
  return row?.entity ?? null;
}

/** Newest first, behind one of them; at most `limit`. */
export async function listErasures(
  db: Db,
  page: { readonly before: { readonly startedAt: Date; readonly erasureId: string } | null; readonly limit: number },
): Promise<readonly Erasure[]> {
  const { before } = page;
  return db
    .select()
    .from(erasure)
    .where(
      before === null
        ? undefined
        : or(
            lt(erasure.startedAt, before.startedAt),
            and(eq(erasure.startedAt, before.startedAt), lt(erasure.erasureId, before.erasureId)),
          ),
    )
    .orderBy(desc(erasure.startedAt), desc(erasure.erasureId))
    .limit(page.limit);
}

/** Erasures that should be running. */
export async function runningErasures(db: Db, limit: number): Promise<readonly Erasure[]> {
  return db.select().from(erasure).where(eq(erasure.status, 'running')).orderBy(erasure.startedAt).limit(limit);
}

/**
 * The end: whom it was about goes, and what it was working with. False when somebody else has ended it. A dry run
 * leaves no name of the entity either.
 */
export async function endErasure(tx: Db, erasureId: string, report: ErasureEnd): Promise<boolean> {
  const ended = await tx
    .update(erasure)
    .set({ status: 'done', report, endedAt: sql`now()` })
    .where(and(eq(erasure.erasureId, erasureId), eq(erasure.status, 'running')))
    .returning({ isDryRun: erasure.isDryRun });
  await tx.delete(erasureSubject).where(eq(erasureSubject.erasureId, erasureId));
  await tx.delete(erasureRow).where(eq(erasureRow.erasureId, erasureId));
  await tx.delete(erasureCount).where(eq(erasureCount.erasureId, erasureId));
  if (ended[0]?.isDryRun === true) await tx.delete(erasureHash).where(eq(erasureHash.erasureId, erasureId));
  return ended.length > 0;
}

/** How many erasures that covered a model were lifted: it never falls. Law: an index of them. */
export async function liftedErasuresOf(db: Db, model: string): Promise<number> {
  return db.$count(
    erasure,
    and(inArray(erasure.name, [model, '*']), ne(erasure.scope, 'view'), isNotNull(erasure.liftedAt)),
  );
}

/** Sources may bring the entity back from now on. False when it was lifted before, or never excluded anybody. */
export async function liftErasure(tx: Db, erasureId: string): Promise<boolean> {
  const lifted = await tx
    .update(erasure)
    .set({ liftedAt: sql`now()` })
    .where(and(eq(erasure.erasureId, erasureId), isNull(erasure.liftedAt), eq(erasure.isDryRun, false)))
    .returning({ erasureId: erasure.erasureId });
  await tx.delete(exclusion).where(eq(exclusion.erasureId, erasureId));
  return lifted.length > 0;
}
