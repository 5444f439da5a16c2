import { eq, sql } from 'drizzle-orm';
import { PerennialError } from '../../domain/words/errors.ts';
import type { SnapshotManifest } from '../../domain/training/snapshot.ts';
import type { Db } from '../base/connect.ts';
import { snapshot } from '../schema/index.ts';
import { newestViewSnapshot } from './view-snapshots.ts';

/** Of its manifest only what is applied: an empty store walks over very many. */
export interface SnapshotToApply {
  readonly digest: string;
  readonly files: SnapshotManifest['files'];
  readonly receivedMs: number | null;
}

const columns = {
  digest: snapshot.digest,
  files: sql<SnapshotManifest['files']>`${snapshot.manifest} -> 'files'`,
  receivedMs: sql<number | null>`${snapshot.manifest} -> 'view' -> 'receivedMs'`,
  parent: sql<string | null>`${snapshot.manifest} -> 'parents' ->> 0`,
};

/** Snapshots walked back over; a source gives one per batch. */
const walkedMax = 100_000;

/**
 * The snapshots of a revision that came after `since`, oldest first, and whether they begin anew: a source that is read
 * whole supersedes, and then all that the newest one continues is to be applied. Law: as many look-ups as there are new
 * snapshots.
 */
export async function snapshotsToApply(
  db: Db,
  { view, digest }: { readonly view: string; readonly digest: string },
  since: string | null,
): Promise<{ readonly snapshots: readonly SnapshotToApply[]; readonly isAnew: boolean }> {
  const line: SnapshotToApply[] = [];
  let next: string | null = (await newestViewSnapshot(db, view, digest))?.digest ?? null;
  while (next !== null && next !== since) {
    if (line.length >= walkedMax)
      throw new PerennialError('invalid_data', `view ${view} has more than ${walkedMax} snapshots in one line`);
    // oxlint-disable-next-line no-await-in-loop -- each names the one before it
    const [row] = await db.select(columns).from(snapshot).where(eq(snapshot.digest, next));
    if (row === undefined) throw new PerennialError('not_found', `A snapshot of view ${view} is gone.`, { path: view });
    const { parent, ...toApply } = row;
    line.push(toApply);
    next = parent;
  }
  return { snapshots: line.toReversed(), isAnew: next === null && line.length > 0 };
}
