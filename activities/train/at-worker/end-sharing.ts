import { stillNeeded } from '../../../src/db/erasure/tombstones.ts';
import { givenRows, removeFit, sharedAmong } from '../../../src/db/trainers/fits.ts';
import { sealedAmong } from '../../../src/db/traffic/erase/sealed-to-erase.ts';
import { closeAlerts } from '../../../src/db/watching/alerts.ts';
import type { ActivityDependencies } from '../../dependencies.ts';

type SharingDependencies = Pick<ActivityDependencies, 'database' | 'store'>;

export function endSharingActivities(deps: SharingDependencies) {
  /** Ends the sharing of a training, whatever came of it. Done again it finds nothing. */
  async function endSharing({ model, runId }: { readonly model: string; readonly runId: string }): Promise<void> {
    await endShares(deps, runId);
    // Whoever came between two looks was never seen, and nobody is waited for any more.
    await closeAlerts(deps.database.db, model, ['queue-unserved'], { about: { of: 'run', runId } });
  }

  return { endSharing };
}

/**
 * Nobody reaches the files of a training any more, and the copies of its rows go at once, unless something else is made
 * of the same bytes: what is left of the others goes as every artifact does that nothing needs.
 */
export async function endShares({ database, store }: SharingDependencies, runId: string): Promise<void> {
  const { db } = database;
  const beganMs = Date.now();
  const rows = await givenRows(db, runId);
  await removeFit(database, runId);
  const sealed = new Set(await sealedAmong(db, rows));
  const sets = [await stillNeeded(db, rows), sealed, await sharedAmong(db, rows)];
  for (const digest of rows.filter((one) => !sets.some((needed) => needed.has(one))))
    // oxlint-disable-next-line no-await-in-loop -- three files; one that was put since is somebody else's
    await store.sweep(digest, beganMs);
}
