import { inArray } from 'drizzle-orm';
import type { SnapshotManifest } from '../../domain/training/snapshot.ts';
import type { Db } from '../base/connect.ts';
import { snapshot } from '../schema/index.ts';

/** These snapshots and those that they continue, the newest first; at most so many, whatever came before. */
export async function recentManifests(
  db: Db,
  digests: readonly string[],
  max: number,
): Promise<readonly SnapshotManifest[]> {
  const found: SnapshotManifest[] = [];
  let next = digests;
  while (next.length > 0 && found.length < max) {
    // oxlint-disable-next-line no-await-in-loop -- each names the one before it
    const rows = await db
      .select({ manifest: snapshot.manifest })
      .from(snapshot)
      .where(inArray(snapshot.digest, [...next]))
      .limit(max - found.length);
    found.push(...rows.map(({ manifest }) => manifest));
    next = rows.flatMap(({ manifest }) => manifest.parents ?? []);
  }
  return found;
}
