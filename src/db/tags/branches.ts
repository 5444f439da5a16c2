import { and, asc, desc, eq, isNull, sql, type SQL } from 'drizzle-orm';
import { PerennialError } from '../../domain/words/errors.ts';
import type { Db } from '../base/connect.ts';
import { lockRouting } from '../routing/routing.ts';
import type { SnapshotRow } from '../models/snapshots.ts';
import { snapshot, snapshotBranch } from '../schema/index.ts';
import { refuseGone } from './tags.ts';

export type BranchRow = typeof snapshotBranch.$inferSelect;

/** Models whose line begins with snapshots of one model: each keeps files of it from retention. */
export const branchesMax = 500;

/**
 * From the next definition on that is read, the line of `model` begins with the rows of a snapshot of `origin`. Under
 * the lock that retention takes before it gives files up. Throws `not_found` where its files are gone, `conflict` where
 * the line has a branch already or there are as many as there may be, `invalid_request` for labelled traffic.
 */
export async function putBranch(tx: Db, row: Omit<BranchRow, 'since'>): Promise<void> {
  await lockRouting(tx, row.origin);
  await refuseGone(tx, row.origin, row.digest);
  await refuseTraffic(tx, row.digest);
  if ((await tx.$count(snapshotBranch, eq(snapshotBranch.origin, row.origin))) >= branchesMax)
    throw new PerennialError('conflict', `${branchesMax} models branch off "${row.origin}", which is the most.`, {
      path: 'origin',
      hint: 'End one that nobody needs: `perennial snapshot unbranch`.',
    });
  const made = await tx.insert(snapshotBranch).values(row).onConflictDoNothing().returning();
  if (made.length > 0) return;
  throw new PerennialError('conflict', `"${row.model}" begins with a snapshot already.`, {
    path: 'model',
    hint: 'End that first: `perennial snapshot unbranch`.',
  });
}

async function refuseTraffic(tx: Db, digest: string): Promise<void> {
  const [row] = await tx
    .select({ kind: snapshot.kind, before: sql<string | null>`${snapshot.manifest} -> 'parents' ->> 0` })
    .from(snapshot)
    .where(eq(snapshot.digest, digest));
  if (row?.kind !== 'traffic') return;
  throw new PerennialError('invalid_request', `Snapshot ${digest.slice(0, 16)} is labelled traffic, not history.`, {
    path: 'from',
    hint: row.before === null ? 'Name one of its history.' : `Its history is ${row.before.slice(0, 16)}.`,
  });
}

/** Lines that began with it stay as they are. Throws `conflict` where there is none. */
export async function removeBranch(tx: Db, model: string): Promise<BranchRow> {
  const [gone] = await tx.delete(snapshotBranch).where(eq(snapshotBranch.model, model)).returning();
  if (gone !== undefined) return gone;
  throw new PerennialError('conflict', `"${model}" begins with no snapshot.`, {
    path: 'model',
    hint: 'See `perennial snapshot branches`.',
  });
}

export async function findBranch(db: Db, model: string): Promise<BranchRow | null> {
  const [row] = await db.select().from(snapshotBranch).where(eq(snapshotBranch.model, model));
  return row ?? null;
}

/** Models whose line begins with snapshots of this one, by name, at most `branchesMax`. */
export async function branchesOff(db: Db, origin: string): Promise<readonly BranchRow[]> {
  return db
    .select()
    .from(snapshotBranch)
    .where(eq(snapshotBranch.origin, origin))
    .orderBy(asc(snapshotBranch.model))
    .limit(branchesMax);
}

/** What the line of a revision began with; null where it began with its own source. */
export async function beginningOf(db: Db, model: string, specRevision: number): Promise<SnapshotRow | null> {
  return findBeginning(db, model, eq(snapshot.specRevision, specRevision), asc(snapshot.createdAt));
}

/** The newest snapshot of a model, under any definition, that begins with this one and whose files are there. */
export async function newestBeginning(db: Db, model: string, origin: string): Promise<SnapshotRow | null> {
  return findBeginning(db, model, beginsWith(origin), desc(snapshot.createdAt));
}

/** That a line began with a snapshot, as the indexes say it. */
const isBeginning = sql`${snapshot.manifest} -> 'branched' is not null`;

/** That a line began with it, and with this snapshot: as the index says it. */
export function beginsWith(origin: string): SQL {
  return sql`${isBeginning} and ${snapshot.manifest} -> 'branched' ->> 'snapshot' = ${origin}`;
}

async function findBeginning(db: Db, model: string, which: SQL, order: SQL): Promise<SnapshotRow | null> {
  const [row] = await db
    .select()
    .from(snapshot)
    .where(and(eq(snapshot.model, model), isBeginning, which, isNull(snapshot.filesRemovedAt)))
    .orderBy(order)
    .limit(1);
  return row ?? null;
}
