import type { ArtifactStore } from '../../artifacts/artifact-store.ts';
import { sha256 } from '../../artifacts/digest.ts';
import type { SnapshotManifest } from '../../domain/training/snapshot.ts';
import { canonicalJson } from '../../domain/words/canonical.ts';
import { PerennialError } from '../../domain/words/errors.ts';
import { withDuck, type Duck } from '../duck/connect.ts';
import { pathLiteral } from '../duck/sql.ts';

export interface VerifiedFile {
  /** The snapshot that names it. */
  readonly snapshot: string;
  readonly sha256: string;
  /** `other-rows`: the bytes are those of its name, and hold another number of rows than the manifest says. */
  readonly state: 'whole' | 'missing' | 'damaged' | 'other-rows';
}

export interface VerifiedDataset {
  /** Snapshots whose manifest is not what its digest names. */
  readonly wrongManifests: readonly string[];
  readonly files: readonly VerifiedFile[];
}

/**
 * Reads every byte that a dataset names, quarantine and log of repairs included, and compares it with its name. Memory
 * is bounded.
 */
export async function verifyDataset(
  store: Pick<ArtifactStore, 'checkedPathOf'>,
  dataset: readonly { readonly digest: string; readonly manifest: SnapshotManifest }[],
): Promise<VerifiedDataset> {
  return withDuck({ threads: 1, memoryMb: 256 }, async (duck) => {
    const files: VerifiedFile[] = [];
    for (const { digest, manifest } of dataset) {
      for (const { sha256: name, rows } of manifest.files)
        // oxlint-disable-next-line no-await-in-loop -- one file at a time: the bytes of each are read
        files.push({ snapshot: digest, sha256: name, state: await stateOf(duck, store, name, rows) });
      const { quarantineDigest, quarantinedRows, repairs } = manifest;
      const beside: readonly (readonly [string | null | undefined, number])[] = [
        [quarantineDigest, quarantinedRows],
        [repairs?.logDigest, repairs?.loggedRows ?? 0],
      ];
      for (const [name, rows] of beside) {
        if (typeof name !== 'string') continue;
        // oxlint-disable-next-line no-await-in-loop -- as above
        files.push({ snapshot: digest, sha256: name, state: await stateOf(duck, store, name, rows) });
      }
    }
    const wrong = dataset.filter(({ digest, manifest }) => sha256(canonicalJson(manifest)) !== digest);
    return { wrongManifests: wrong.map(({ digest }) => digest), files };
  });
}

async function stateOf(
  duck: Duck,
  store: Pick<ArtifactStore, 'checkedPathOf'>,
  name: string,
  rows: number,
): Promise<VerifiedFile['state']> {
  try {
    const path = await store.checkedPathOf(name);
    const [found] = await duck.rows(
      `SELECT CAST(count(*) AS DOUBLE) AS rows FROM read_parquet(${pathLiteral(path)}, hive_partitioning = false)`,
    );
    return Number(found?.['rows']) === rows ? 'whole' : 'other-rows';
  } catch (error) {
    if (error instanceof PerennialError && error.code === 'not_found') return 'missing';
    if (error instanceof PerennialError && error.code === 'artifact_corrupt') return 'damaged';
    throw error;
  }
}
