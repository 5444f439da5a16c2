import { WorkflowNotFoundError, type Client } from '@temporalio/client';
import { withTransaction, type Database } from '../../src/db/base/connect.ts';
import { withdrawChallenger } from '../../src/db/routing/rollouts.ts';
import { closeRun, type RunRow } from '../../src/db/runs/runs.ts';
import { openAlert } from '../../src/db/watching/alerts.ts';
import { parseRunId } from '../../src/domain/words/run-id.ts';

export async function isOpen(client: Client, workflowId: string): Promise<boolean> {
  try {
    const described = await client.workflow.getHandle(workflowId).describe();
    return described.status.name === 'RUNNING';
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return false;
    throw error;
  }
}

/**
 * In one transaction: a run that is marked lost is not looked at again, so its challenger must be out and its alert
 * must have rung by then.
 */
export async function markLost(database: Database, run: RunRow): Promise<void> {
  await withTransaction(database, async (tx) => {
    await closeRun(tx, run.runId, { status: 'lost', detail: 'Temporal does not know this run any more' });
    const key = parseRunId(run.runId);
    if (key?.kind === 'rollout')
      await withdrawChallenger(tx, key, run.runId, {
        actor: 'reconcile',
        reason: 'its run was lost',
        evidenceId: null,
      });
    await openAlert(tx, {
      model: run.model,
      kind: 'lost-run',
      subject: { of: 'run', runId: run.runId },
      severity: 'critical',
      title: `${run.runId} was lost`,
      body: 'Temporal does not know this run any more; its challenger, if any, was taken out.',
      webhooks: [],
    });
  });
}
