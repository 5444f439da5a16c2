import {
  WorkflowExecutionAlreadyStartedError,
  WorkflowNotFoundError,
  type Client,
  type WorkflowExecutionDescription,
} from '@temporalio/client';
import { withTransaction, type Database } from '../../src/db/base/connect.ts';
import { endAbTest } from '../../src/db/routing/ab-tests.ts';
import { withdrawChallenger } from '../../src/db/routing/rollouts.ts';
import { closeRun, type RunRow } from '../../src/db/runs/runs.ts';
import { openAlert } from '../../src/db/watching/alerts.ts';
import { experimentStart } from '../../src/domain/record/experiment/experiment-start.ts';
import { reproduceStart } from '../../src/domain/record/reproduction/reproduction.ts';
import { abTestStart } from '../../src/domain/record/ab-test-start.ts';
import { workflowIds } from '../../src/domain/words/ids.ts';
import { parseRunId } from '../../src/domain/words/run-id.ts';

/**
 * True when Temporal has no open workflow for a run, and the entity of its model is not about to start one: a run is
 * stored before it is started, and what is between the two may be killed and take minutes.
 */
export async function isLost(client: Client, run: Pick<RunRow, 'runId' | 'model'>): Promise<boolean> {
  if (isOpen(await describe(client, run.runId))) return false;
  if (isAboutTo(await describe(client, workflowIds.model(run.model)), run.runId)) return false;
  // Between the two looks it may have been started.
  return !isOpen(await describe(client, run.runId));
}

async function describe(client: Client, workflowId: string): Promise<WorkflowExecutionDescription | null> {
  try {
    return await client.workflow.getHandle(workflowId).describe();
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return null;
    throw error;
  }
}

const isOpen = (described: WorkflowExecutionDescription | null): boolean => described?.status.name === 'RUNNING';

/** Something of the entity is under way, or it has asked for this child and the child has not begun. */
function isAboutTo(entity: WorkflowExecutionDescription | null, runId: string): boolean {
  if (entity === null || !isOpen(entity)) return false;
  const { pendingActivities, pendingWorkflowTask, pendingChildren } = entity.raw;
  return (
    (pendingActivities ?? []).length > 0 ||
    pendingWorkflowTask != null ||
    (pendingChildren ?? []).some((child) => child.workflowId === runId && (child.runId ?? '') === '')
  );
}

/**
 * An A/B test, a reproduction or an experiment is written down before its run is started, and whoever did that may have
 * found Temporal away. Starts such a run; false for one that was there before and has ended.
 */
export async function startUnstarted(client: Client, run: Pick<RunRow, 'runId'>): Promise<boolean> {
  const key = parseRunId(run.runId);
  try {
    if (key?.kind === 'ab-test') await client.workflow.start('abTest', abTestStart(key.model, key.number));
    else if (key?.kind === 'reproduce') await client.workflow.start('reproduce', reproduceStart(key));
    else if (key?.kind === 'experiment') await client.workflow.start('experiment', experimentStart(key));
    else return false;
    return true;
  } catch (error) {
    if (error instanceof WorkflowExecutionAlreadyStartedError) return false;
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
    if (key?.kind === 'ab-test')
      await endAbTest(tx, key, { ending: 'stopped', actor: 'reconcile', reason: 'its run was lost' });
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
      body: 'Temporal does not know this run any more; its challenger or A/B test, if any, was taken out.',
      webhooks: [],
    });
  });
}
