import { closeAlerts, openAlert } from '../../src/db/watching/alerts.ts';
import type { ActivityDependencies } from '../dependencies.ts';

export function checkQueueActivities({ database, client }: ActivityDependencies) {
  const { db } = database;

  /**
   * Says whether anybody polls the queue. While nobody does, an alert says which worker to start; it is over as soon as
   * somebody does.
   */
  async function checkQueue(input: {
    readonly model: string;
    readonly runId: string;
    readonly taskQueue: string;
    /** The step of the model's owner that waits for it; absent where a fit does. */
    readonly userStep?: string;
  }): Promise<boolean> {
    const { pollers } = await client.workflowService.describeTaskQueue({
      namespace: client.options.namespace,
      taskQueue: { name: input.taskQueue },
      taskQueueType: 2,
    });
    if ((pollers ?? []).length > 0) {
      // Another run of the model may wait for another queue.
      await closeAlerts(db, input.model, ['queue-unserved'], { about: { of: 'run', runId: input.runId } });
      return true;
    }
    const { runId, taskQueue, userStep } = input;
    const body =
      userStep === undefined
        ? `${runId} waits for the queue ${taskQueue}, which no worker serves. Start one with ` +
          `\`perennial worker --queues ${taskQueue}\`.`
        : `The step ${userStep} of ${runId} waits for the queue ${taskQueue}, which no worker serves. Start the ` +
          'worker of the step; docs/steps.md shows one.';
    await openAlert(db, {
      model: input.model,
      kind: 'queue-unserved',
      subject: { of: 'run', runId: input.runId },
      severity: 'warning',
      title: `Nobody serves ${input.taskQueue}`,
      body,
      webhooks: [],
    });
    return false;
  }

  return { checkQueue };
}
