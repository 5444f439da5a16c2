import { mkdir } from 'node:fs/promises';
import type { ArtifactStore } from '../../artifacts/artifact-store.ts';
import type { SnapshotColumn, SnapshotManifest } from '../../domain/training/snapshot.ts';
import { pathLiteral } from '../duck/sql.ts';
import { combineSnapshots } from '../traffic/combine-snapshots.ts';

/** A snapshot with all that it continues, in the order of their rows: what a training would read. */
export type Dataset = readonly SnapshotManifest[];

/** The rows of a dataset as something to select from, in the order `_order`; null when it has none. */
export async function datasetRows(
  store: Pick<ArtifactStore, 'pathOf' | 'checkedPathOf'>,
  dataset: Dataset,
  folder: string,
): Promise<string | null> {
  await mkdir(folder, { recursive: true });
  const { paths } = await combineSnapshots(store, dataset, folder);
  if (paths.length === 0) return null;
  // By name: an older snapshot may lack a column that was declared since.
  return `read_parquet([${paths.map(pathLiteral).join(', ')}], union_by_name = true, hive_partitioning = false)`;
}

/** Every column of a dataset, those of its newest snapshot first; its own order of rows is none. */
export function datasetColumns(dataset: Dataset): readonly SnapshotColumn[] {
  const byName = new Map<string, SnapshotColumn>();
  for (const { schema } of dataset.toReversed())
    for (const column of schema) if (!byName.has(column.name)) byName.set(column.name, column);
  byName.delete('_order');
  return [...byName.values()];
}
