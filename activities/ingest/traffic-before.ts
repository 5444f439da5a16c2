import { layoutOf } from '../../src/data/traffic/layout.ts';
import type { Db } from '../../src/db/base/connect.ts';
import { trafficBefore } from '../../src/db/models/snapshots.ts';
import type { ArtifactStore } from '../../src/artifacts/artifact-store.ts';
import { daysKept } from '../../src/domain/spec/default-retention.ts';
import type { ModelSpec } from '../../src/domain/spec/spec.ts';
import type { SnapshotManifest } from '../../src/domain/training/snapshot.ts';
import { isDigest } from '../../src/artifacts/digest.ts';
import { isPerennialError } from '../../src/domain/words/errors.ts';

/** The traffic snapshot that a training goes on from, or why it exports everything. */
export type Before =
  | { readonly digest: string; readonly manifest: SnapshotManifest }
  | { readonly digest: null; readonly why: string };

type Store = Pick<ArtifactStore, 'checkedPathOf' | 'sizeOf'>;

interface CutAsked {
  readonly throughWindow: number;
  readonly throughSeq: number | null;
  readonly matureSeq: number;
  /** Compares the bytes of every file with its digest, which takes as long as there is traffic; else only its size. */
  readonly isChecked: boolean;
}

/**
 * The last traffic snapshot up to this cut, if its files are there and nothing else asks for all of the traffic. One
 * that reaches further than the cut is none of them: where labels turn out to come later than was thought, rows wait
 * again.
 */
export async function findBefore(
  { db, store }: { readonly db: Db; readonly store: Store },
  spec: ModelSpec,
  cut: CutAsked,
): Promise<Before> {
  if (cut.throughSeq === null) return anew(`window ${cut.throughWindow} is not closed`);
  if (doLabelsEndFirst(spec)) return anew('labels are kept for a shorter time than predictions');
  const before = await trafficBefore(db, spec.name, cut, layoutOf(spec));
  if (before !== null) {
    const wrong = await wrongFile(store, before.manifest, cut);
    return wrong === null ? before : anewWithout(before.digest, wrong);
  }
  const other = await trafficBefore(db, spec.name, cut, null);
  return anew(
    other === null
      ? `no snapshot of traffic through row ${cut.matureSeq} is there to go on from`
      : `revision ${other.specRevision}, or the release of then, read rows in another way`,
  );
}

/** All is exported, since something is wrong with a file of this snapshot. */
function anewWithout(snapshot: string, wrong: string): Before {
  return anew(`${wrong} of snapshot ${snapshot.slice(0, 12)}`);
}

/** What is wrong with the file of which a store said this; rethrows what says nothing of a file. */
function wrongWith(error: unknown): string {
  if (isPerennialError(error) && isDigest(error.path ?? '')) {
    const file = `file ${(error.path ?? '').slice(0, 12)}`;
    if (error.code === 'not_found') return `${file} is gone`;
    if (error.code === 'artifact_corrupt') return `${file} is damaged`;
  }
  throw error;
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
  store: Store,
  { files }: SnapshotManifest,
  { isChecked }: Pick<CutAsked, 'isChecked'>,
): Promise<string | null> {
  for (const { sha256, bytes } of files) {
    // oxlint-disable-next-line no-await-in-loop -- the first that is wrong is enough
    const found = await store.sizeOf(sha256);
    if (found === null) return `file ${sha256.slice(0, 12)} is gone`;
    if (found !== bytes) return `file ${sha256.slice(0, 12)} is damaged`;
    // oxlint-disable-next-line no-await-in-loop -- the first that is wrong is enough
    const wrong = isChecked ? await store.checkedPathOf(sha256).then(() => null, wrongWith) : null;
    if (wrong !== null) return wrong;
  }
  return null;
}
