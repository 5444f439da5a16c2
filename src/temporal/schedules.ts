import { ScheduleOverlapPolicy, type Client } from '@temporalio/client';
import { workflowIds } from '../domain/words/ids.ts';
import type { Logger } from '../telemetry/logger.ts';
import { mendSchedules, removeSchedule } from './mend-schedules.ts';
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
  await mendSchedules(client, wanted);
  for (const schedule of wanted) await createSchedule(client, schedule);
  for (const shard of watch.removed) await removeSchedule(client, workflowIds.watch(shard));
  // Two at once would each walk over everything. One that runs already may have passed what is missing.
  await client.schedule.getHandle(workflowIds.reconcile()).trigger(ScheduleOverlapPolicy.BUFFER_ONE);
}

/** Looks now and then for schedules that are stuck or gone: Temporal may have been away for days meanwhile. */
export function keepSchedules(client: Client, shards: number, log: Logger): { stop(): void } {
  let isLooking = false;
  const look = async (): Promise<void> => {
    if (isLooking) return;
    isLooking = true;
    try {
      const mended = await mendSchedules(client, wantedSchedules(shards));
      if (mended.length > 0)
        log.warn({ schedules: mended }, 'schedules that missed their ticks, or were gone, are made');
    } catch (error) {
      log.warn({ err: error }, 'schedules could not be looked at; they are again in five minutes');
    } finally {
      isLooking = false;
    }
  };
  const timer = setInterval(() => void look(), lookEveryMs);
  return { stop: () => clearInterval(timer) };
}
