import { layoutOf } from '../../src/data/traffic/layout.ts';
import type { Db } from '../../src/db/base/connect.ts';
import { trafficBefore } from '../../src/db/models/snapshots.ts';
import type { ArtifactStore } from '../../src/artifacts/artifact-store.ts';
import { daysKept } from '../../src/domain/spec/default-retention.ts';
import type { ModelSpec } from '../../src/domain/spec/spec.ts';
import type { SnapshotManifest } from '../../src/domain/training/snapshot.ts';
import { isPerennialError } from '../../src/domain/words/errors.ts';

/** The traffic snapshot that a training goes on from, or why it exports everything. */
export type Before =
  | { readonly digest: string; readonly manifest: SnapshotManifest }
  | { readonly digest: null; readonly why: string };

/**
 * The last traffic snapshot up to this cut, if all of its files are whole and nothing else asks for all of the traffic.
 */
export async function findBefore(
  { db, store }: { readonly db: Db; readonly store: Pick<ArtifactStore, 'checkedPathOf'> },
  spec: ModelSpec,
  cut: { readonly throughWindow: number; readonly throughSeq: number | null },
): Promise<Before> {
  if (cut.throughSeq === null) return anew(`window ${cut.throughWindow} is not closed`);
  if (doLabelsEndFirst(spec)) return anew('labels are kept for a shorter time than predictions');
  const before = await trafficBefore(db, spec.name, cut.throughWindow, layoutOf(spec));
  if (before !== null) {
    const wrong = await wrongFile(store, before.manifest);
    return wrong === null ? before : anew(`${wrong} of snapshot ${before.digest.slice(0, 12)}`);
  }
  const other = await trafficBefore(db, spec.name, cut.throughWindow, null);
  return anew(
    other === null
      ? 'no snapshot of traffic is there to go on from'
      : `revision ${other.specRevision}, or the release of then, read rows in another way`,
  );
}

function anew(why: string): Before {
  return { digest: null, why };
}

/** A row whose label has reached its end is no labelled row any more, and no piece would tell. */
function doLabelsEndFirst({ retention }: ModelSpec): boolean {
  const [labels, predictions] = [daysKept(retention.labels), daysKept(retention.predictions)];
  return labels !== null && (predictions === null || labels < predictions);
}

async function wrongFile(
  store: Pick<ArtifactStore, 'checkedPathOf'>,
  { files }: SnapshotManifest,
): Promise<string | null> {
  for (const { sha256 } of files) {
    try {
      // oxlint-disable-next-line no-await-in-loop -- the first that is wrong is enough
      await store.checkedPathOf(sha256);
    } catch (error) {
      if (!isPerennialError(error)) throw error;
      if (error.code === 'not_found') return `file ${sha256.slice(0, 12)} is gone`;
      if (error.code === 'artifact_corrupt') return `file ${sha256.slice(0, 12)} is damaged`;
      throw error;
    }
  }
  return null;
}
