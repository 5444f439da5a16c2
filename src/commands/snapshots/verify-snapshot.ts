import type { SnapshotVerified } from '../../contracts/http/data/snapshots.ts';
import { verifyDataset } from '../../data/dataset/verify-dataset.ts';
import { tombstonesOf } from '../../db/erasure/tombstones.ts';
import type { CommandContext } from '../base/context.ts';
import { datasetOf, withDatasets, type DatasetPlace } from './dataset-work.ts';
import { findOffered } from './find-snapshot.ts';

/** Reads every byte of a snapshot and of all that it continues, and says which are not what their names say. */
export async function verifySnapshot(
  context: CommandContext,
  digest: string,
  place: DatasetPlace,
): Promise<SnapshotVerified> {
  const found = await findOffered(context, digest);
  const dataset = await datasetOf(context.database.db, found.digest);
  const replaced = await tombstonesOf(
    context.database.db,
    dataset.map((one) => one.digest),
  );
  const { wrongManifests, erased, files } = await withDatasets(place, ({ store }) =>
    verifyDataset(store, dataset, replaced),
  );
  const isWhole = wrongManifests.length === 0 && files.every(({ state }) => state === 'whole');
  return {
    digest: found.digest,
    snapshots: dataset.length,
    isWhole,
    wrongManifests: [...wrongManifests],
    erased: erased.map((one) => ({
      digest: one,
      rows: replaced.get(one)?.rows ?? 0,
      erasedAt: replaced.get(one)?.erasedAt.toISOString() ?? '',
      erasureId: replaced.get(one)?.erasureId ?? '',
    })),
    files: [...files],
  };
}
