import { withTransaction } from '../../src/db/base/connect.ts';
import { lineageOf } from '../../src/db/models/snapshots.ts';
import { insertVersion, nextVersionNumber, versionOfRun } from '../../src/db/models/versions.ts';
import { insertRollout } from '../../src/db/routing/rollouts.ts';
import { closeRun } from '../../src/db/runs/runs.ts';
import {
  trafficThrough,
  type SnapshotRef,
  type TrainedArtifacts,
  type TrainInput,
} from '../../src/domain/record/runs.ts';
import type { TrainReport } from '../../src/domain/training/training.ts';
import { workflowIds } from '../../src/domain/words/ids.ts';
import type { ActivityDependencies } from '../dependencies.ts';

export type JudgedInput = TrainInput & {
  readonly snapshots: readonly SnapshotRef[];
  readonly trained: TrainedArtifacts;
};

/** What the gate was shown, and what it said. */
export interface Made {
  readonly report: TrainReport;
  readonly verdict: string;
  readonly evidenceId: number;
  /** The champion that it was held against. */
  readonly baseVersion: number | null;
  readonly correction: string;
}

/** Version, rollout and the run's end in one transaction: nobody can see a passed gate without its rollout. */
export async function storeVersion(
  { database }: Pick<ActivityDependencies, 'database'>,
  input: JudgedInput,
  made: Made,
): Promise<number> {
  const { report, verdict, evidenceId } = made;
  const hasPassed = verdict === 'pass';
  const snapshots = await lineageOf(
    database.db,
    input.snapshots.map((snapshot) => snapshot.digest),
  );
  return withTransaction(database, async (tx) => {
    const again = await versionOfRun(tx, input.runId);
    if (again !== null) return again.version;
    const version = await nextVersionNumber(tx, input.model);
    await insertVersion(tx, {
      model: input.model,
      version,
      runId: input.runId,
      status: !hasPassed ? 'rejected' : input.rollout ? 'released' : 'experiment',
      specRevision: input.specRevision,
      modelDigest: input.trained.modelDigest,
      profileDigest: input.trained.profileDigest,
      correction: made.correction,
      threshold: report.release.threshold,
      snapshots: snapshots.map(({ digest }) => digest),
      report,
      labelledRows: snapshots.reduce((sum, { manifest }) => sum + manifest.labelledRows, 0),
      historyRows: snapshots.filter(({ kind }) => kind === 'history').reduce((sum, { rows }) => sum + rows, 0),
      throughWindow: trafficThrough(input),
      gateEvidenceId: evidenceId,
      gateVerdict: verdict,
    });
    if (hasPassed && input.rollout) {
      const key = { model: input.model, version, attempt: 1 };
      await insertRollout(tx, {
        key,
        baseVersion: made.baseVersion,
        specRevision: input.specRevision,
        salt: workflowIds.rollout(input.model, version, 1),
      });
    }
    await closeRun(tx, input.runId, {
      status: 'completed',
      detail: `v${version}: gate ${verdict}`,
      output: { version, verdict, evidenceId },
    });
    return version;
  });
}
