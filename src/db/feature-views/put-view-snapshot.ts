import { and, eq, isNull, sql } from 'drizzle-orm';
import type { SnapshotManifest } from '../../domain/training/snapshot.ts';
import { withTransaction, type Database, type Db } from '../base/connect.ts';
import { putSnapshot } from '../models/snapshots.ts';
import { featureView, featureViewRevision } from '../schema/index.ts';
import { newestViewSnapshot } from './view-snapshots.ts';

/**
 * Stores the snapshot that follows `after` (null: the first). False when another one follows it already: two readers of
 * one view would otherwise make two lines of it, and its rows would count twice. False, too, where `isAsRead`, asked
 * inside the transaction, says that its rows would be read otherwise by now. The same snapshot again is stored.
 */
export async function putViewSnapshot(
  database: Database,
  of: {
    readonly view: string;
    readonly digest: string;
    readonly manifest: SnapshotManifest;
    readonly after: string | null;
    readonly isAsRead: (tx: Db) => Promise<boolean>;
  },
): Promise<boolean> {
  const { view, digest, manifest, after, isAsRead } = of;
  const revision = manifest.view?.digest ?? '';
  return withTransaction(database, async (tx) => {
    await tx.select({ name: featureView.name }).from(featureView).where(eq(featureView.name, view)).for('update');
    if (!(await isAsRead(tx))) return false;
    const newest = (await newestViewSnapshot(tx, view, revision))?.digest ?? null;
    if (newest === digest) return true;
    if (newest !== after) return false;
    const { specRevision, sourceDigest } = manifest;
    await putSnapshot(tx, {
      digest,
      model: view,
      specRevision,
      kind: 'view',
      sourceDigest,
      throughWindow: null,
      manifest,
    });
    return true;
  });
}

/** Whether all that the source of a revision held has been read once. */
export async function isFirstReadDone(db: Db, view: string, revision: number): Promise<boolean> {
  const [row] = await db
    .select({ at: featureViewRevision.firstReadAt })
    .from(featureViewRevision)
    .where(and(eq(featureViewRevision.view, view), eq(featureViewRevision.revision, revision)));
  return row !== undefined && row.at !== null;
}

export async function noteFirstRead(db: Db, view: string, revision: number): Promise<void> {
  await db
    .update(featureViewRevision)
    .set({ firstReadAt: sql`now()` })
    .where(
      and(
        eq(featureViewRevision.view, view),
        eq(featureViewRevision.revision, revision),
        isNull(featureViewRevision.firstReadAt),
      ),
    );
}
