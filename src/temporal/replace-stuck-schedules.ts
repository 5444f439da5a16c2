import { ScheduleNotFoundError, type Client, type ScheduleSummary } from '@temporalio/client';
import { createSchedule, type WantedSchedule } from './wanted-schedules.ts';

/** A tick that is due for longer was not delayed: the server was away, or it cannot get over what it missed. */
const lateMsMax = 600_000;
/** Schedules of a namespace that are looked at; it is ours, and holds as many as there are shards and a few more. */
const schedulesMax = 1_000;

/**
 * Makes schedules anew whose next tick lies far in the past, and returns their ids. A Temporal server that was away
 * goes through every tick that was missed in one step of at most a second; after some days of a tick each five seconds
 * it cannot, tries the same again for ever, and refuses every question about the schedule. What was missed is not
 * wanted (the next tick judges all that has closed meanwhile), so nothing is lost. One that is paused stays, with the
 * note of whoever paused it: it misses nothing.
 */
export async function replaceStuckSchedules(
  client: Client,
  wanted: readonly WantedSchedule[],
  nowMs: number = Date.now(),
): Promise<readonly string[]> {
  const byId = new Map(wanted.map((schedule) => [schedule.scheduleId, schedule]));
  const replaced: string[] = [];
  let seen = 0;
  // A list is read from the index: it is answered also where the schedule itself is not.
  for await (const found of client.schedule.list()) {
    if (++seen > schedulesMax) break;
    const schedule = byId.get(found.scheduleId);
    if (schedule === undefined || !isStuck(found, nowMs)) continue;
    await client.schedule
      .getHandle(found.scheduleId)
      .delete()
      .catch((error: unknown) => {
        if (!(error instanceof ScheduleNotFoundError)) throw error;
      });
    await createSchedule(client, schedule);
    replaced.push(found.scheduleId);
  }
  return replaced;
}

function isStuck({ state, info }: ScheduleSummary, nowMs: number): boolean {
  const next = info.nextActionTimes[0];
  return !state.paused && next !== undefined && next.getTime() < nowMs - lateMsMax;
}
