import {
  ScheduleAlreadyRunning,
  ScheduleOverlapPolicy,
  WorkflowExecutionAlreadyStartedError,
  type Client,
} from '@temporalio/client';
import { taskQueues, workflowIds } from '../domain/words/ids.ts';

export const watchShardCount = 1;
const watchEveryMs = 5_000;
const reconcileEveryMs = 60_000;
const retainEveryMs = 3_600_000;
/** Beyond this many ticks of others in between, one of them has seen the window. */
const watchNowAttemptsMax = 3;

/** The schedules, and one reconciliation at once, which starts the entities that should run. */
export async function beginSchedules(client: Client): Promise<void> {
  await ensureSchedules(client);
  await client.schedule.getHandle(workflowIds.reconcile()).trigger();
}

/** Desired state: creates what is missing and leaves what is there (an operator may have paused it). */
async function ensureSchedules(client: Client): Promise<void> {
  for (let shard = 0; shard < watchShardCount; shard++) {
    await ensure(client, {
      scheduleId: workflowIds.watch(shard),
      everyMs: watchEveryMs,
      workflow: 'watch',
      args: [{ shard, shards: watchShardCount }],
      summary: `judges closed windows of shard ${shard}`,
    });
  }
  await ensure(client, {
    scheduleId: workflowIds.reconcile(),
    everyMs: reconcileEveryMs,
    workflow: 'reconcile',
    args: [],
    summary: 'rebuilds what is missing',
  });
  await ensure(client, {
    scheduleId: workflowIds.retain(),
    everyMs: retainEveryMs,
    workflow: 'retain',
    args: [],
    summary: 'removes what has reached its end',
  });
}

/**
 * A tick now, besides the schedule, because somebody closed a window; resolves when it is over. It is started directly:
 * by way of the Schedule it would begin 15 to 50 ms later. Another worker's tick may have begun before the window was
 * closed, so that one is followed by ours.
 */
export async function watchNow(client: Client, shard: number): Promise<void> {
  const workflowId = workflowIds.watch(shard);
  for (let attempt = 0; attempt < watchNowAttemptsMax; attempt++) {
    try {
      const handle = await client.workflow.start('watch', {
        workflowId,
        taskQueue: taskQueues.workflows,
        args: [{ shard, shards: watchShardCount }],
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
