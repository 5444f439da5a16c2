import { ScheduleAlreadyRunning, ScheduleOverlapPolicy, type Client } from '@temporalio/client';
import { taskQueues, workflowIds } from '../domain/words/ids.ts';

const watchEveryMs = 5_000;
const reconcileEveryMs = 60_000;
const retainEveryMs = 3_600_000;
const keepEveryMs = 3_600_000;
const triggersEveryMs = 60_000;

export interface WantedSchedule {
  readonly scheduleId: string;
  readonly everyMs: number;
  readonly workflow: string;
  readonly args: readonly unknown[];
  readonly summary: string;
}

/** The schedules of an installation whose watch has so many shards. */
export function wantedSchedules(shards: number): readonly WantedSchedule[] {
  return [
    ...Array.from({ length: shards }, (_, shard) => watchSchedule(shard, shards)),
    {
      scheduleId: workflowIds.reconcile(),
      everyMs: reconcileEveryMs,
      workflow: 'reconcile',
      args: [],
      summary: 'rebuilds what is missing',
    },
    {
      scheduleId: workflowIds.retain(),
      everyMs: retainEveryMs,
      workflow: 'retain',
      args: [],
      summary: 'removes what has reached its end',
    },
    {
      scheduleId: workflowIds.keep(),
      everyMs: keepEveryMs,
      workflow: 'keep',
      args: [],
      summary: 'keeps the log: parts ahead, old parts into files',
    },
    {
      scheduleId: workflowIds.triggers(),
      everyMs: triggersEveryMs,
      workflow: 'triggers',
      args: [],
      summary: 'asks whether a training is due by the calendar or the source',
    },
  ];
}

function watchSchedule(shard: number, shards: number): WantedSchedule {
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
export async function createSchedule(client: Client, wanted: WantedSchedule): Promise<void> {
  const { scheduleId, everyMs, workflow, args, summary } = wanted;
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
