import { withTransaction, type Db } from '../../src/db/base/connect.ts';
import { lineageOf } from '../../src/db/models/snapshots.ts';
import { insertVersion, nextVersionNumber, versionOfRun } from '../../src/db/models/versions.ts';
import { endOpenRollout } from '../../src/db/routing/move-champion.ts';
import { insertRollout } from '../../src/db/routing/rollouts.ts';
import { openAlert } from '../../src/db/watching/alerts.ts';
import { closeRun } from '../../src/db/runs/runs.ts';
import {
  trafficThrough,
  type SnapshotRef,
  type TrainedArtifacts,
  type TrainInput,
} from '../../src/domain/record/runs.ts';
import type { StepOutcomeSaid } from '../../src/domain/record/user-steps/messages.ts';
import type { ModelSpec } from '../../src/domain/spec/spec.ts';
import type { TrainReport } from '../../src/domain/training/training.ts';
import { workflowIds } from '../../src/domain/words/ids.ts';
import type { ActivityDependencies } from '../dependencies.ts';

export type JudgedInput = TrainInput & {
  readonly snapshots: readonly SnapshotRef[];
  readonly trained: TrainedArtifacts;
  /** What user steps said of it; absent where none was asked, and in older histories. */
  readonly steps?: readonly StepOutcomeSaid[];
};

/** What the gate was shown, and what it said. */
export interface Made {
  readonly report: TrainReport;
  readonly verdict: string;
  readonly evidenceId: number;
  /** The champion that it was held against. */
  readonly baseVersion: number | null;
  readonly correction: string;
  /** What a person is asked who alone may release it; null where the gate has decided, or rows will. */
  readonly asked: { readonly text: string; readonly webhooks: ModelSpec['watch']['webhooks'] } | null;
}

/**
 * Version, rollout and the run's end in one transaction: nobody can see a passed gate without its rollout, and no model
 * has two rollouts that are open.
 */
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
    const opens = hasPassed && input.rollout;
    const version = await nextVersionNumber(tx, input.model);
    if (opens) await supersede(tx, input.model, version);
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
    if (opens) {
      const key = { model: input.model, version, attempt: 1 };
      await insertRollout(tx, {
        key,
        baseVersion: made.baseVersion,
        specRevision: input.specRevision,
        salt: workflowIds.rollout(input.model, version, 1),
      });
    }
    if (made.asked !== null && input.rollout) await askForRelease(tx, input, version, made.asked);
    await closeRun(tx, input.runId, {
      status: 'completed',
      detail: `v${version}: gate ${verdict}`,
      output: { version, verdict, evidenceId },
    });
    return version;
  });
}

/**
 * One that waits for a person gives way to a later candidate that has passed its gate, or nothing that comes after it
 * would ever be rolled out. Its workflow finds it closed by itself.
 */
async function supersede(tx: Db, model: string, version: number): Promise<void> {
  const reason = `not promoted: v${version} has passed its gate since and takes its place`;
  await endOpenRollout(tx, model, 'model', reason);
}

/** Its definition leaves to a person what test rows do not decide: without a word nobody would look. */
async function askForRelease(
  tx: Db,
  { model, runId }: JudgedInput,
  version: number,
  { text, webhooks }: NonNullable<Made['asked']>,
): Promise<void> {
  const command = `perennial promote ${model} --to ${version} --force --reason "..."`;
  await openAlert(tx, {
    model,
    kind: 'gate-undecided',
    subject: { of: 'run', runId },
    severity: 'warning',
    title: `v${version} of ${model} waits for a person`,
    body:
      `${text} Its definition leaves that to a person: \`${command}\` makes it champion at once, without a rollout; ` +
      'without a word it is never released.',
    webhooks,
  });
}
