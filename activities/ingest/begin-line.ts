import { branchManifest } from '../../src/data/snapshot/branch-manifest.ts';
import { refuseExcluded } from '../../src/data/snapshot/refuse-excluded.ts';
import { lineageOf, newestHistoryOf, putSnapshot } from '../../src/db/models/snapshots.ts';
import { branchOriginOf } from '../../src/db/tags/branch-origin.ts';
import { beginningOf, newestBeginning } from '../../src/db/tags/branches.ts';
import type { ExcludedEntities } from '../../src/domain/record/erasure/erasure.ts';
import type { IngestInput } from '../../src/domain/record/runs.ts';
import type { ModelSpec } from '../../src/domain/spec/spec.ts';
import type { SnapshotManifest } from '../../src/domain/training/snapshot.ts';
import { canonicalJson } from '../../src/domain/words/canonical.ts';
import type { ActivityDependencies } from '../dependencies.ts';

interface LineSnapshot {
  readonly digest: string;
  readonly manifest: SnapshotManifest;
}

/** The line of a revision so far. */
interface Line {
  readonly newest: LineSnapshot | null;
  /** What it began with of another line; a source that is read whole comes behind it too. */
  readonly beginning: LineSnapshot | null;
}

/**
 * The line of history of a revision. Where nothing was read under it yet and the model has a branch, it begins with the
 * files of that snapshot, by reference; where entities were erased from the model, with those of its own earlier
 * beginning, from which they are gone. Throws as `branchManifest` and `refuseExcluded`.
 */
export async function beginLine(
  { database: { db }, store }: Pick<ActivityDependencies, 'database' | 'store'>,
  spec: ModelSpec,
  { model, specRevision, sourceDigest: found }: IngestInput,
  excluded: ExcludedEntities | null,
): Promise<Line> {
  const newest = await newestHistoryOf(db, model, specRevision);
  if (newest !== null) return { newest, beginning: await beginningOf(db, model, specRevision) };
  const origin = await branchOriginOf(db, model);
  if (origin === null) return { newest: null, beginning: null };
  const earlier = excluded === null ? null : await newestBeginning(db, model, origin.digest);
  const line = earlier === null ? await lineageOf(db, [origin.digest]) : [earlier];
  const manifests = line.map(({ manifest }) => manifest);
  const manifest = branchManifest(spec, specRevision, { ...origin, line: manifests, found });
  if (excluded !== null) await refuseExcluded(store, manifest, excluded);
  const digest = await store.putBytes(canonicalJson(manifest));
  const { sourceDigest } = manifest;
  await putSnapshot(db, { digest, model, specRevision, kind: 'history', sourceDigest, throughWindow: null, manifest });
  const begun = { digest, manifest };
  return { newest: begun, beginning: begun };
}
