import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { ArtifactStore } from '../../artifacts/artifact-store.ts';
import { PerennialError } from '../../domain/words/errors.ts';
import { orderMaxOf, type SnapshotManifest } from '../../domain/training/snapshot.ts';
import { withDuck } from '../duck/connect.ts';
import { piecesIn } from './pieces.ts';
import { writeRows } from './write-rows.ts';

export interface CombinedSnapshots {
  /** Parquet files, ascending in `_order`. */
  readonly paths: readonly string[];
  readonly orderMax: number;
}

interface OrderedFile {
  readonly path: string;
  readonly orderMin: number;
  readonly orderMax: number;
}

/**
 * The training set of several snapshots of one model. Of traffic in pieces the rows are written into `folder`, each as
 * its newest piece has it. Throws conflict when two files share a stretch of `_order`: a row would count twice, or a
 * younger row would pass for an older one; artifact_corrupt when the bytes of a file are not what its name says: every
 * row is read here, so that this is where it shows.
 */
export async function combineSnapshots(
  store: Pick<ArtifactStore, 'pathOf' | 'checkedPathOf'>,
  manifests: readonly SnapshotManifest[],
  folder: string,
): Promise<CombinedSnapshots> {
  const models = new Set(manifests.map((manifest) => manifest.model));
  if (models.size > 1)
    throw new PerennialError('conflict', `snapshots of different models cannot be combined: ${[...models].join(', ')}`);
  const files: OrderedFile[] = [];
  // oxlint-disable-next-line no-await-in-loop -- one after the other: each may take the memory of an engine
  for (const manifest of manifests) files.push(...(await filesOf(store, manifest, folder)));
  files.sort((left, right) => left.orderMin - right.orderMin);
  refuseOverlap(files);
  return { paths: files.map(({ path }) => path), orderMax: files.at(-1)?.orderMax ?? -1 };
}

async function filesOf(
  store: Pick<ArtifactStore, 'pathOf' | 'checkedPathOf'>,
  manifest: SnapshotManifest,
  folder: string,
): Promise<readonly OrderedFile[]> {
  const { files, traffic, schema, sourceDigest, rows } = manifest;
  if (rows === 0) return [];
  // oxlint-disable-next-line no-await-in-loop -- one file at a time: the bytes of each are read
  for (const { sha256 } of files) await store.checkedPathOf(sha256);
  const stored = await piecesIn(store, files);
  if (traffic === undefined) return stored;
  const path = join(folder, `traffic-${sourceDigest.slice(0, 16)}.parquet`);
  await mkdir(folder, { recursive: true });
  await withDuck({ threads: 1, tempDir: folder }, (duck) =>
    writeRows(duck, stored, { schema, traffic, fromSeq: traffic.fromSeq }, path),
  );
  return [{ path, orderMin: traffic.firstOrder, orderMax: orderMaxOf(manifest) }];
}

function refuseOverlap(files: readonly OrderedFile[]): void {
  for (const [index, file] of files.entries()) {
    const previous = files[index - 1];
    if (previous !== undefined && file.orderMin <= previous.orderMax)
      throw new PerennialError(
        'conflict',
        `two snapshot files overlap in order (${previous.orderMax} and ${file.orderMin})`,
        { path: file.path },
      );
  }
}
