import type { ArtifactStore } from '../../artifacts/artifact-store.ts';
import { PerennialError } from '../../domain/words/errors.ts';
import type { SnapshotManifest } from '../../domain/training/snapshot.ts';

export interface CombinedSnapshots {
  /** Parquet files, ascending in `_order`. */
  readonly paths: readonly string[];
  readonly rows: number;
  readonly labelledRows: number;
  readonly orderMax: number;
}

/**
 * The training set of several snapshots of one model. Throws conflict when two files share a stretch of `_order`: a row
 * would count twice, or a younger row would pass for an older one.
 */
export async function combineSnapshots(
  store: ArtifactStore,
  manifests: readonly SnapshotManifest[],
): Promise<CombinedSnapshots> {
  const files = manifests.flatMap((manifest) => manifest.files).sort((left, right) => left.orderMin - right.orderMin);
  const models = new Set(manifests.map((manifest) => manifest.model));
  if (models.size > 1)
    throw new PerennialError('conflict', `snapshots of different models cannot be combined: ${[...models].join(', ')}`);
  for (const [index, file] of files.entries()) {
    const previous = files[index - 1];
    if (previous !== undefined && file.orderMin <= previous.orderMax) {
      throw new PerennialError(
        'conflict',
        `two snapshot files overlap in order (${previous.orderMax} and ${file.orderMin})`,
        { path: file.sha256 },
      );
    }
  }
  const paths: string[] = [];
  for (const file of files) paths.push(await store.pathOf(file.sha256));
  return {
    paths,
    rows: files.reduce((sum, file) => sum + file.rows, 0),
    labelledRows: manifests.reduce((sum, manifest) => sum + manifest.labelledRows, 0),
    orderMax: files.at(-1)?.orderMax ?? -1,
  };
}
