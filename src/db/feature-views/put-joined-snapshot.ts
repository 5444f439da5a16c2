import { eq, inArray, sql } from 'drizzle-orm';
import type { SnapshotManifest } from '../../domain/training/snapshot.ts';
import { canonicalJson } from '../../domain/words/canonical.ts';
import { sayMany } from '../../domain/words/say.ts';
import { appendAudit } from '../audit/audit.ts';
import { withTransaction, type Database } from '../base/connect.ts';
import { featureView, snapshot } from '../schema/index.ts';

/** A snapshot as it was read when its rows were joined. */
export interface JoinedFrom {
  readonly digest: string;
  readonly manifest: SnapshotManifest;
}

/**
 * Stores a snapshot that holds the rows of some neighbours from now on, and gives their own files up. It stands in the
 * line where the last of them stood. False, and nothing is changed, when one of them is not what was read any more: it
 * was joined by another worker, or rows were erased from it.
 */
export async function putJoinedSnapshot(
  database: Database,
  { digest, manifest, of }: JoinedFrom & { readonly of: readonly JoinedFrom[] },
): Promise<boolean> {
  const last = of.at(-1);
  if (last === undefined) throw new TypeError('nothing was joined');
  const { model: view, specRevision, sourceDigest, rows, quarantinedRows } = manifest;
  const digests = of.map((one) => one.digest);
  return withTransaction(database, async (tx) => {
    // As whoever reads a view on: what is stored behind the newest is never joined at the same time.
    await tx.select({ name: featureView.name }).from(featureView).where(eq(featureView.name, view)).for('update');
    const now = await tx
      .select()
      .from(snapshot)
      .where(inArray(snapshot.digest, digests))
      .orderBy(snapshot.digest)
      .for('update');
    const isAsRead = ({ digest: name, manifest: read }: JoinedFrom): boolean =>
      now.some(
        (row) =>
          row.digest === name && row.filesRemovedAt === null && canonicalJson(row.manifest) === canonicalJson(read),
      );
    if (!of.every(isAsRead)) return false;
    const createdAt = sql`(select s.created_at from snapshot s where s.digest = ${last.digest})`;
    await tx
      .insert(snapshot)
      .values({
        digest,
        model: view,
        specRevision,
        kind: 'view',
        sourceDigest,
        rows,
        quarantinedRows,
        throughWindow: null,
        manifest,
        createdAt,
      })
      // A source that was read again from its beginning gives the same snapshots, and these the same file.
      .onConflictDoUpdate({ target: snapshot.digest, set: { filesRemovedAt: null, joinedInto: null, createdAt } });
    await tx
      .update(snapshot)
      .set({ filesRemovedAt: sql`now()`, joinedInto: digest })
      .where(inArray(snapshot.digest, digests));
    await appendAudit(tx, {
      type: 'perennial.snapshot.created',
      model: view,
      subject: { of: 'snapshot', id: digest },
      actor: 'keep',
      reason: reasonOf(of, manifest),
      data: { digest, kind: 'view', rows, quarantinedRows, specRevision, throughWindow: null, joins: digests },
    });
    return true;
  });
}

function reasonOf(of: readonly JoinedFrom[], { rows, view }: SnapshotManifest): string {
  const endedMs = view?.endedMs;
  const [only] = of;
  if (of.length > 1 || endedMs === undefined || only === undefined)
    return `joins ${sayMany(of.length, 'snapshot')} with ${sayMany(rows, 'row')}`;
  const day = new Date(endedMs).toISOString().slice(0, 10);
  return `lets ${sayMany(only.manifest.rows - rows, 'row')} end that were known before ${day}`;
}
