import { ScheduleNotFoundError, ScheduleOverlapPolicy, type Client } from '@temporalio/client';
import { workflowIds } from '../domain/words/ids.ts';
import type { Logger } from '../telemetry/logger.ts';
import { replaceStuckSchedules } from './replace-stuck-schedules.ts';
import { createSchedule, wantedSchedules } from './wanted-schedules.ts';

const lookEveryMs = 300_000;

/**
 * The schedules, and one reconciliation at once, which starts the entities that should run. `removed` are shards of the
 * watch that there were and no longer are.
 */
export async function beginSchedules(
  client: Client,
  watch: { readonly shards: number; readonly removed: readonly number[] },
): Promise<void> {
  const wanted = wantedSchedules(watch.shards);
  // First: one that is stuck would refuse to be changed.
  await replaceStuckSchedules(client, wanted);
  for (const schedule of wanted) await createSchedule(client, schedule);
  for (const shard of watch.removed) await remove(client, workflowIds.watch(shard));
  // Two at once would each walk over everything. One that runs already may have passed what is missing.
  await client.schedule.getHandle(workflowIds.reconcile()).trigger(ScheduleOverlapPolicy.BUFFER_ONE);
}

/** Looks now and then for schedules that are stuck: Temporal may have been away for days while this process ran. */
export function keepSchedules(client: Client, shards: number, log: Logger): { stop(): void } {
  let isLooking = false;
  const look = async (): Promise<void> => {
    if (isLooking) return;
    isLooking = true;
    try {
      const replaced = await replaceStuckSchedules(client, wantedSchedules(shards));
      if (replaced.length > 0)
        log.warn({ schedules: replaced }, 'schedules that had missed their ticks were made anew');
    } catch (error) {
      log.warn({ err: error }, 'schedules could not be looked at; they are again in five minutes');
    } finally {
      isLooking = false;
    }
  };
  const timer = setInterval(() => void look(), lookEveryMs);
  return { stop: () => clearInterval(timer) };
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
