import { readSpecRevision } from '../../src/db/models/specs.ts';
import { closeRun, findRun } from '../../src/db/runs/runs.ts';
import { openAlert } from '../../src/db/watching/alerts.ts';
import { isLeakageRefusal } from '../../src/domain/training/leakage/refusal.ts';
import type { ActivityDependencies } from '../dependencies.ts';

export function failTrainingActivities({ database }: ActivityDependencies) {
  const { db } = database;

  /** Compensation: the run ends as failed with its reason, and somebody is told; whose word it waits for, too. */
  async function failTraining(input: {
    readonly model: string;
    readonly runId: string;
    readonly message: string;
    readonly cancelled: boolean;
  }): Promise<void> {
    const run = await findRun(db, input.runId);
    const revision = (run?.input['specRevision'] as number | undefined) ?? 1;
    const { spec } = await readSpecRevision(db, input.model, revision);
    await openAlert(db, {
      model: input.model,
      ...(isLeakageRefusal(input.message)
        ? {
            kind: 'leakage-suspected',
            severity: 'warning',
            title: `${input.runId} waits for a person: leakage suspected`,
          }
        : { kind: 'run-failed', severity: 'critical', title: `${input.runId} failed` }),
      subject: { of: 'run', runId: input.runId },
      body: input.message,
      webhooks: spec.watch.webhooks,
    });
    // Last: whoever sees a failed run finds its alert.
    await closeRun(db, input.runId, { status: input.cancelled ? 'cancelled' : 'failed', detail: input.message });
  }

  return { failTraining };
}
