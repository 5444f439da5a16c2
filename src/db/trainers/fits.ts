import { and, asc, eq, inArray, sql } from 'drizzle-orm';
import { hexOf, type SharedFile, type ShareSide } from '../../domain/training/workers/shared-files.ts';
import { withTransaction, type Database, type Db } from '../base/connect.ts';
import { run, trainingAccess, trainingFit, trainingShare } from '../schema/index.ts';

export type FitRow = typeof trainingFit.$inferSelect;
export type NewFit = typeof trainingFit.$inferInsert;
type ShareRow = Pick<typeof trainingShare.$inferSelect, 'digest' | 'bytes'>;

/** Trainings at workers that are listed at once. */
const listedMax = 200;

/** Writes down that a training has files for a worker. Said again, its newest files count. */
export async function putFit(
  database: Pick<Database, 'pool'>,
  fit: NewFit,
  files: readonly SharedFile[],
): Promise<void> {
  await withTransaction(database, async (tx) => {
    await tx.insert(trainingFit).values(fit).onConflictDoUpdate({ target: trainingFit.runId, set: fit });
    if (files.length === 0) return;
    const rows = files.map(({ path, digest, bytes }) => ({
      runId: fit.runId,
      side: 'given' as const,
      path,
      digest: hexOf(digest),
      bytes,
    }));
    await tx
      .insert(trainingShare)
      .values(rows)
      .onConflictDoUpdate({
        target: [trainingShare.runId, trainingShare.side, trainingShare.path],
        set: { digest: sql`excluded.digest`, bytes: sql`excluded.bytes`, sharedAt: sql`now()` },
      });
  });
}

/** A training at a worker with the state of its run; null for any other run. */
export async function findFit(
  db: Db,
  runId: string,
): Promise<{ readonly fit: FitRow; readonly isRunning: boolean } | null> {
  const [row] = await db
    .select({ fit: trainingFit, status: run.status })
    .from(trainingFit)
    .leftJoin(run, eq(run.runId, trainingFit.runId))
    .where(eq(trainingFit.runId, runId));
  return row === undefined ? null : { fit: row.fit, isRunning: row.status === 'running' };
}

/** Trainings at workers whose runs are under way, longest first; at most 200. */
export async function fitsUnderWay(db: Db): Promise<readonly FitRow[]> {
  const rows = await db
    .select({ fit: trainingFit })
    .from(trainingFit)
    .innerJoin(run, eq(run.runId, trainingFit.runId))
    .where(eq(run.status, 'running'))
    .orderBy(asc(trainingFit.askedAt), asc(trainingFit.runId))
    .limit(listedMax);
  return rows.map(({ fit }) => fit);
}

/** A file of a training by its digest (hex), on either side or on one; null where the training has none. */
export async function findShare(
  db: Db,
  ask: { readonly runId: string; readonly digest: string; readonly side?: ShareSide },
): Promise<ShareRow | null> {
  const [row] = await db
    .select({ digest: trainingShare.digest, bytes: trainingShare.bytes })
    .from(trainingShare)
    .where(
      and(
        eq(trainingShare.runId, ask.runId),
        eq(trainingShare.digest, ask.digest),
        ...(ask.side === undefined ? [] : [eq(trainingShare.side, ask.side)]),
      ),
    )
    .limit(1);
  return row ?? null;
}

/** How much a worker has uploaded for a training. */
export async function madeSoFar(db: Db, runId: string): Promise<{ readonly files: number; readonly bytes: number }> {
  const [row] = await db
    .select({
      files: sql<number>`count(*)::int`,
      bytes: sql<number>`coalesce(sum(${trainingShare.bytes}), 0)::float8`,
    })
    .from(trainingShare)
    .where(and(eq(trainingShare.runId, runId), eq(trainingShare.side, 'made')));
  return row ?? { files: 0, bytes: 0 };
}

/**
 * That a worker has uploaded these bytes for a training; once, however often it does. One upload of a training is
 * counted after the other: `full` for one that is beyond `max` with those before it, `ended` for a training that shares
 * nothing any more, and then nothing is written.
 */
export async function putMade(
  database: Pick<Database, 'pool'>,
  runId: string,
  { digest, bytes }: ShareRow,
  max: { readonly files: number; readonly bytes: number },
): Promise<'put' | 'full' | 'ended'> {
  return withTransaction(database, async (tx) => {
    const fits = tx.select({ runId: trainingFit.runId }).from(trainingFit).where(eq(trainingFit.runId, runId));
    if ((await fits.for('update')).length === 0) return 'ended';
    const made = await madeSoFar(tx, runId);
    const isNew = (await findShare(tx, { runId, digest, side: 'made' })) === null;
    if (isNew && (made.files >= max.files || made.bytes + bytes > max.bytes)) return 'full';
    await tx
      .insert(trainingShare)
      .values({ runId, side: 'made', path: digest, digest, bytes })
      .onConflictDoUpdate({
        target: [trainingShare.runId, trainingShare.side, trainingShare.path],
        set: { sharedAt: sql`now()` },
      });
    return 'put';
  });
}

/** Digests of the files with rows that a training gave; a handful. */
export async function givenRows(db: Db, runId: string): Promise<readonly string[]> {
  const rows = await db
    .selectDistinct({ digest: trainingShare.digest })
    .from(trainingShare)
    .where(
      and(eq(trainingShare.runId, runId), eq(trainingShare.side, 'given'), sql`${trainingShare.path} like '%.parquet'`),
    );
  return rows.map(({ digest }) => digest);
}

/** Trainings of a model that have ended and share files all the same; at most 200. */
export async function fitsLeftOver(db: Db, model: string): Promise<readonly string[]> {
  const rows = await db
    .select({ runId: trainingFit.runId })
    .from(trainingFit)
    .leftJoin(run, eq(run.runId, trainingFit.runId))
    .where(and(eq(trainingFit.model, model), sql`${run.status} is distinct from 'running'`))
    .limit(listedMax);
  return rows.map(({ runId }) => runId);
}

/** Of these digests, those that a training shares. */
export async function sharedAmong(db: Db, digests: readonly string[]): Promise<ReadonlySet<string>> {
  if (digests.length === 0) return new Set();
  const rows = await db
    .selectDistinct({ digest: trainingShare.digest })
    .from(trainingShare)
    .where(inArray(trainingShare.digest, [...digests]));
  return new Set(rows.map(({ digest }) => digest));
}

/** Ends the sharing of a training: nobody reaches its files any more. */
export async function removeFit(database: Pick<Database, 'pool'>, runId: string): Promise<void> {
  await withTransaction(database, async (tx) => {
    await tx.delete(trainingAccess).where(eq(trainingAccess.runId, runId));
    await tx.delete(trainingShare).where(eq(trainingShare.runId, runId));
    await tx.delete(trainingFit).where(eq(trainingFit.runId, runId));
  });
}
