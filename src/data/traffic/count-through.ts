import type { ArtifactStore } from '../../artifacts/artifact-store.ts';
import type { SnapshotManifest } from '../../domain/training/snapshot.ts';
import { withDuck } from '../duck/connect.ts';
import { nameReplaced, newestRows, piecesIn } from './pieces.ts';

/** How many accepted rows of a snapshot of traffic stand at or before a position of the log. Law: linear in them. */
export async function countThrough(
  store: Pick<ArtifactStore, 'pathOf'>,
  { files, traffic }: Pick<SnapshotManifest, 'files' | 'traffic'>,
  seq: number,
): Promise<number> {
  if (traffic === undefined || files.length === 0) return 0;
  const pieces = await piecesIn(store, files);
  return withDuck({ threads: 1, memoryMb: 256 }, async (duck) => {
    await nameReplaced(duck, pieces, traffic.fromSeq);
    const [row] = await duck.rows(`SELECT CAST(count(*) AS DOUBLE) AS rows
      FROM ${newestRows(pieces, traffic.fromSeq)} WHERE NOT bad AND seq <= ${seq}`);
    return Number(row?.['rows'] ?? 0);
  });
}
