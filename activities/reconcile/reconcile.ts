import { workflowRunKinds } from '../../src/domain/record/closed-sets.ts';
import { WorkflowExecutionAlreadyStartedError, WorkflowNotFoundError } from '@temporalio/client';
import { entityStart } from '../../src/domain/record/entity-start.ts';
import { openAlert } from '../../src/db/watching/alerts.ts';
import { withTransaction } from '../../src/db/base/connect.ts';
import { withdrawChallenger } from '../../src/db/routing/rollouts.ts';
import { closeRun, runningRuns, type RunRow } from '../../src/db/runs/runs.ts';
import { listModelNames } from '../../src/db/models/specs.ts';
import type { ActivityDependencies } from '../dependencies.ts';
import { parseRunId } from '../../src/domain/words/run-id.ts';

const modelsMax = 10_000;
/** A run that was stored a moment ago may not have been started yet. */
const graceMs = 60_000;

/** Postgres says what should run; whatever of it Temporal does not know is started again or marked lost. */
export function reconcileActivities(deps: ActivityDependencies) {
  const { database, client } = deps;
  const { db } = database;

  async function reconcile(): Promise<{ readonly entities: number; readonly lost: number }> {
    let entities = 0;
    for (const model of await listModelNames(db, modelsMax)) if (await ensureEntity(model)) entities += 1;
    let lost = 0;
    for (const run of await runningRuns(db, null, workflowRunKinds)) {
      if (Date.now() - run.startedAt.getTime() < graceMs || (await isOpen(run.runId))) continue;
      await markLost(run);
      await openAlert(db, {
        model: run.model,
        kind: 'lost-run',
        subject: { of: 'run', runId: run.runId },
        severity: 'critical',
        title: `${run.runId} was lost`,
        body: 'Temporal does not know this run any more; its challenger, if any, was taken out.',
        webhooks: [],
      });
      lost += 1;
    }
    return { entities, lost };
  }

  async function ensureEntity(model: string): Promise<boolean> {
    try {
      await client.workflow.start('model', entityStart(model));
      return true;
    } catch (error) {
      if (error instanceof WorkflowExecutionAlreadyStartedError) return false;
      throw error;
    }
  }

  async function isOpen(workflowId: string): Promise<boolean> {
    try {
      const described = await client.workflow.getHandle(workflowId).describe();
      return described.status.name === 'RUNNING';
    } catch (error) {
      if (error instanceof WorkflowNotFoundError) return false;
      throw error;
    }
  }

  /** In one transaction: a run that is marked lost is not looked at again, so its challenger must be out by then. */
  async function markLost(run: RunRow): Promise<void> {
    await withTransaction(database, async (tx) => {
      await closeRun(tx, run.runId, { status: 'lost', detail: 'Temporal does not know this run any more' });
      const key = parseRunId(run.runId);
      if (key?.kind !== 'rollout') return;
      await withdrawChallenger(tx, key, run.runId, {
        actor: 'reconcile',
        reason: 'its run was lost',
        evidenceId: null,
      });
    });
  }

  return { reconcile };
}
