import { WorkflowExecutionAlreadyStartedError, type Client } from '@temporalio/client';
import { taskQueues, workflowIds } from '../domain/words/ids.ts';

/** Beyond this many ticks of others in between, one of them has seen the window. */
const attemptsMax = 3;

/**
 * A tick now, besides the schedule, because somebody closed a window; resolves when it is over. It is started directly:
 * by way of the Schedule it would begin 15 to 50 ms later. Another worker's tick may have begun before the window was
 * closed, so that one is followed by ours.
 */
export async function watchNow(client: Client, shard: number, shards: number): Promise<void> {
  const workflowId = workflowIds.watch(shard);
  for (let attempt = 0; attempt < attemptsMax; attempt++) {
    try {
      const handle = await client.workflow.start('watch', {
        workflowId,
        taskQueue: taskQueues.workflows,
        args: [{ shard, shards }],
        workflowIdConflictPolicy: 'FAIL',
        staticSummary: `judges closed windows of shard ${shard}`,
      });
      await handle.result();
      return;
    } catch (error) {
      if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
    }
    await client.workflow.getHandle(workflowId).result();
  }
}
