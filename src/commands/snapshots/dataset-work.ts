import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import path from 'node:path';
import type { ArtifactStore } from '../../artifacts/artifact-store.ts';
import type { Db } from '../../db/base/connect.ts';
import { lineageOf } from '../../db/models/snapshots.ts';
import { PerennialError } from '../../domain/words/errors.ts';
import type { SnapshotManifest } from '../../domain/training/snapshot.ts';
import { createSlots } from '../base/slots.ts';

/** Where files of snapshots are, and where others may be written for a while; absent where a process has none. */
export interface DatasetPlace {
  readonly store?: ArtifactStore;
  readonly importDir?: string;
}

/** One reads whole files with half a gigabyte of memory; this process answers people as well. */
const slots = createSlots({ work: 'readings of snapshots', runningMax: 1, waitingMax: 4, waitMs: 20_000 });

/** Runs work that reads whole snapshots in its turn, in a folder that is removed afterwards unless it is taken over. */
export function withDatasets<Result>(
  { store, importDir }: DatasetPlace,
  work: (place: { readonly store: ArtifactStore; readonly folder: string; keepFolder(): void }) => Promise<Result>,
): Promise<Result> {
  if (store === undefined || importDir === undefined)
    return Promise.reject(
      new PerennialError('unavailable', 'This process has no artifact store.', {
        hint: 'Set PERENNIAL_ARTIFACT_DIR for the control process.',
      }),
    );
  return slots.run(async () => {
    await mkdir(importDir, { recursive: true });
    const folder = await mkdtemp(path.join(importDir, 'snapshot-'));
    let isKept = false;
    try {
      return await work({ store, folder, keepFolder: () => (isKept = true) });
    } finally {
      if (!isKept) await rm(folder, { recursive: true, force: true });
    }
  });
}

export interface NamedManifest {
  readonly digest: string;
  readonly manifest: SnapshotManifest;
}

/** A snapshot with all that it continues. Throws `not_found` where files were given up. */
export async function datasetOf(db: Db, digest: string): Promise<readonly NamedManifest[]> {
  const line = await lineageOf(db, [digest]);
  const gone = line.find(({ filesRemovedAt }) => filesRemovedAt !== null);
  if (gone === undefined) return line;
  throw new PerennialError(
    'not_found',
    `The files of snapshot ${gone.digest.slice(0, 16)} were given up by retention.`,
    {
      path: gone.digest,
      hint: 'Its manifest still says what it held: `perennial snapshot show`.',
    },
  );
}
