import { ScheduleAlreadyRunning, ScheduleNotFoundError, ScheduleOverlapPolicy, type Client } from '@temporalio/client';
import { taskQueues, workflowIds } from '../domain/words/ids.ts';

const watchEveryMs = 5_000;
const reconcileEveryMs = 60_000;
const retainEveryMs = 3_600_000;
const keepEveryMs = 3_600_000;
const triggersEveryMs = 60_000;

/**
 * The schedules, and one reconciliation at once, which starts the entities that should run. `removed` are shards of the
 * watch that there were and no longer are.
 */
export async function beginSchedules(
  client: Client,
  watch: { readonly shards: number; readonly removed: readonly number[] },
): Promise<void> {
  for (let shard = 0; shard < watch.shards; shard++) await ensure(client, watchSchedule(shard, watch.shards));
  for (const shard of watch.removed) await remove(client, workflowIds.watch(shard));
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
  await ensure(client, {
    scheduleId: workflowIds.keep(),
    everyMs: keepEveryMs,
    workflow: 'keep',
    args: [],
    summary: 'keeps the log: parts ahead, old parts into files',
  });
  await ensure(client, {
    scheduleId: workflowIds.triggers(),
    everyMs: triggersEveryMs,
    workflow: 'triggers',
    args: [],
    summary: 'asks whether a training is due by the calendar or the source',
  });
  // Two at once would each walk over everything. One that runs already may have passed what is missing.
  await client.schedule.getHandle(workflowIds.reconcile()).trigger(ScheduleOverlapPolicy.BUFFER_ONE);
}

interface Wanted {
  readonly scheduleId: string;
  readonly everyMs: number;
  readonly workflow: string;
  readonly args: readonly unknown[];
  readonly summary: string;
}

function watchSchedule(shard: number, shards: number): Wanted {
  return {
    scheduleId: workflowIds.watch(shard),
    everyMs: watchEveryMs,
    workflow: 'watch',
    args: [{ shard, shards }],
    summary: `judges closed windows of shard ${shard}`,
  };
}

/**
 * Desired state: creates what is missing, and gives what is there the input, the interval and the policies of today.
 * Whether it is paused, and the note of whoever paused it, stay.
 */
async function ensure(client: Client, { scheduleId, everyMs, workflow, args, summary }: Wanted): Promise<void> {
  const spec = { intervals: [{ every: everyMs }] };
  const policies = { overlap: ScheduleOverlapPolicy.SKIP, catchupWindow: '1 minute' } as const;
  const action = {
    type: 'startWorkflow',
    workflowType: workflow,
    workflowId: scheduleId,
    taskQueue: taskQueues.workflows,
    args: [...args],
  } as const;
  try {
    await client.schedule.create({ scheduleId, spec, policies, action: { ...action, staticSummary: summary } });
  } catch (error) {
    if (!(error instanceof ScheduleAlreadyRunning)) throw error;
    await client.schedule
      .getHandle(scheduleId)
      .update(({ state }) => ({ spec, policies, action: { ...action, staticSummary: summary }, state }));
  }
}

/** Gone already is as good. */
async function remove(client: Client, scheduleId: string): Promise<void> {
  await client.schedule
    .getHandle(scheduleId)
    .delete()
    .catch((error: unknown) => {
      if (!(error instanceof ScheduleNotFoundError)) throw error;
    });
}
