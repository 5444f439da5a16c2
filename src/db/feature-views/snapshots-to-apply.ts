import { eq } from 'drizzle-orm';
import { orderMaxOf } from '../../domain/training/snapshot.ts';
import type { Db } from '../base/connect.ts';
import { snapshot } from '../schema/index.ts';
import { givenUp } from './view-files.ts';
import { heldBy, viewLine, type LinePart } from './view-line.ts';
import { newestViewSnapshot } from './view-snapshots.ts';

export interface SnapshotToApply extends LinePart {
  /** Rows through this place are in already; -1 where none is. */
  readonly afterSeq: number;
}

/**
 * The snapshots of a revision that came after `since`, oldest first, and whether they begin anew: a source that is read
 * whole supersedes, and then all that the newest one continues is to be applied. Of a snapshot that `since` was joined
 * into with later ones, the rows behind it are. Throws `not_found` where some of them were given up. Law: as many
 * look-ups as there are new snapshots.
 */
export async function snapshotsToApply(
  db: Db,
  { view, digest }: { readonly view: string; readonly digest: string },
  since: string | null,
): Promise<{ readonly snapshots: readonly SnapshotToApply[]; readonly isAnew: boolean }> {
  const newest = (await newestViewSnapshot(db, view, digest))?.digest ?? null;
  if (newest === null || newest === since) return { snapshots: [], isAnew: false };
  const holder = since === null ? null : await heldBy(db, since);
  const parts = await viewLine(db, newest, holder);
  if (parts === null) throw givenUp(view, newest);
  const [first, ...later] = parts;
  if (since === null || first === undefined || first.digest !== holder)
    return { snapshots: parts.map((part) => ({ ...part, afterSeq: -1 })), isAnew: parts.length > 0 };
  const afterSeq = since === holder ? null : await lastPlaceOf(db, since);
  const isBehind = afterSeq !== null && orderMaxOf({ files: first.files, rows: 0 }) > afterSeq;
  const rest = later.map((part) => ({ ...part, afterSeq: -1 }));
  return { snapshots: isBehind ? [{ ...first, afterSeq }, ...rest] : rest, isAnew: false };
}

async function lastPlaceOf(db: Db, digest: string): Promise<number | null> {
  const [row] = await db.select({ manifest: snapshot.manifest }).from(snapshot).where(eq(snapshot.digest, digest));
  return row === undefined ? null : orderMaxOf(row.manifest);
}
