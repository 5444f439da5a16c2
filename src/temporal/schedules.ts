import { ScheduleAlreadyRunning, ScheduleOverlapPolicy, type Client } from '@temporalio/client';
import { taskQueues, workflowIds } from '../domain/ids.ts';

export const watchShardCount = 1;
const watchEveryMs = 5_000;
const reconcileEveryMs = 60_000;

/** Desired state: creates what is missing and leaves what is there (an operator may have paused it). */
export async function ensureSchedules(client: Client): Promise<void> {
  for (let shard = 0; shard < watchShardCount; shard++) {
    await ensure(client, {
      scheduleId: workflowIds.watch(shard),
      everyMs: watchEveryMs,
      workflow: 'watch',
      args: [{ shard, shards: watchShardCount }],
      summary: `judges closed windows of shard ${shard}`,
    });
  }
  await ensure(client, { scheduleId: workflowIds.reconcile(), everyMs: reconcileEveryMs, workflow: 'reconcile', args: [], summary: 'rebuilds what is missing' });
}

/** A tick now, besides the schedule: somebody closed a window. A tick under way is followed by one more. */
export async function nudgeWatch(client: Client, shard: number): Promise<void> {
  await client.schedule.getHandle(workflowIds.watch(shard)).trigger(ScheduleOverlapPolicy.BUFFER_ONE);
}

interface Wanted {
  readonly scheduleId: string;
  readonly everyMs: number;
  readonly workflow: string;
  readonly args: readonly unknown[];
  readonly summary: string;
}

async function ensure(client: Client, wanted: Wanted): Promise<void> {
  try {
    await client.schedule.create({
      scheduleId: wanted.scheduleId,
      spec: { intervals: [{ every: wanted.everyMs }] },
      policies: { overlap: ScheduleOverlapPolicy.SKIP, catchupWindow: '1 minute' },
      action: {
        type: 'startWorkflow',
        workflowType: wanted.workflow,
        workflowId: wanted.scheduleId,
        taskQueue: taskQueues.workflows,
        args: [...wanted.args],
        staticSummary: wanted.summary,
      },
    });
  } catch (error) {
    if (!(error instanceof ScheduleAlreadyRunning)) throw error;
  }
}
