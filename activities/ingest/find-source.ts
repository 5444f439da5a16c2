import type { SnapshotRef } from '../../src/domain/record/runs.ts';
import { readSpecRevision } from '../../src/db/models/specs.ts';
import { liftedErasuresOf } from '../../src/db/erasure/erasures.ts';
import { historySnapshotOf, newestHistoryOf } from '../../src/db/models/snapshots.ts';
import { isBehindLift } from '../../src/domain/record/erasure/behind-lift.ts';
import { cursorOf } from '../../src/domain/training/snapshot.ts';
import type { ActivityDependencies } from '../dependencies.ts';
import { snapshotRefOf } from './snapshot-ref.ts';
import { tellFindings } from './tell-findings.ts';

interface FoundSource {
  readonly sourceDigest: string;
  /**
   * Null when what the source holds now has not been ingested under this revision, or was before an erasure was lifted.
   */
  readonly snapshot: SnapshotRef | null;
  readonly appendsTraffic: boolean;
}

export function findSourceActivities({ database, connectSource }: ActivityDependencies) {
  const { db } = database;

  /** Names what the source holds now, and finds its snapshot if just that was ingested under this revision before. */
  async function findSource(input: { readonly model: string; readonly specRevision: number }): Promise<FoundSource> {
    const { spec } = await readSpecRevision(db, input.model, input.specRevision);
    const newest = await newestHistoryOf(db, input.model, input.specRevision);
    const from = newest === null ? null : cursorOf(newest.manifest);
    const identity = await connectSource(spec.source, input.model).identify(from);
    await tellFindings(db, spec, identity);
    const { digest } = identity;
    const known = await historySnapshotOf(db, input.model, digest, input.specRevision);
    const isBehind =
      known !== null && isBehindLift(spec.source, known.manifest, await liftedErasuresOf(db, input.model));
    return {
      sourceDigest: digest,
      appendsTraffic: spec.source.traffic !== 'ignore',
      snapshot: known === null || isBehind ? null : await snapshotRefOf(db, known.digest),
    };
  }

  return { findSource };
}
