import type { SnapshotDiffAnswer } from '../../contracts/http/data/snapshots.ts';
import { diffDatasets } from '../../data/dataset/diff-datasets.ts';
import type { CommandContext } from '../base/context.ts';
import { datasetOf, withDatasets, type DatasetPlace } from './dataset-work.ts';
import { findOffered } from './find-snapshot.ts';

/** What changed between two snapshots, each with all that it continues. Throws as `findOffered`, and `overloaded`. */
export async function diffSnapshots(
  context: CommandContext,
  input: { readonly from: string; readonly to: string },
  place: DatasetPlace,
): Promise<SnapshotDiffAnswer> {
  const { db } = context.database;
  const from = await findOffered(context, input.from);
  const to = await findOffered(context, input.to);
  const [before, after] = [await datasetOf(db, from.digest), await datasetOf(db, to.digest)];
  const diff = await withDatasets(place, ({ store, folder }) =>
    diffDatasets(store, {
      from: before.map(({ manifest }) => manifest),
      to: after.map(({ manifest }) => manifest),
      keyColumn: to.entityColumn,
      folder,
    }),
  );
  return { from: from.digest, to: to.digest, ...diff, columns: diff.columns.map((column) => ({ ...column })) };
}
