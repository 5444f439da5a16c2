import { ScheduleNotFoundError, type Client, type ScheduleSummary } from '@temporalio/client';
import { createSchedule, type WantedSchedule } from './wanted-schedules.ts';

/** A tick that is due for longer was not delayed: the server was away, or it cannot get over what it missed. */
const lateMsMax = 600_000;
/** Schedules of a namespace that are looked at; it is ours, and holds as many as there are shards and a few more. */
const schedulesMax = 1_000;

/**
 * Makes schedules anew whose next tick lies far in the past, and those that are not there; returns their ids. A
 * Temporal server that was away goes through every tick that was missed in one step of at most a second; after some
 * days of a tick each five seconds it cannot, tries the same again for ever, and refuses every question about the
 * schedule. What was missed is not wanted (the next tick judges all that has closed meanwhile), so nothing is lost. One
 * that is paused stays, with the note of whoever paused it: it misses nothing. Whoever dies between removing and making
 * leaves one that is missing, which the next look makes.
 */
export async function mendSchedules(
  client: Client,
  wanted: readonly WantedSchedule[],
  nowMs: number = Date.now(),
): Promise<readonly string[]> {
  const found = new Map<string, ScheduleSummary>();
  // A list is read from the index: it is answered also where the schedule itself is not.
  for await (const schedule of client.schedule.list()) {
    found.set(schedule.scheduleId, schedule);
    if (found.size >= schedulesMax) break;
  }
  const toMend = wanted.filter(({ scheduleId }) => {
    const known = found.get(scheduleId);
    return known === undefined || isStuck(known, nowMs);
  });
  for (const schedule of toMend) {
    if (found.has(schedule.scheduleId)) await removeSchedule(client, schedule.scheduleId);
    await createSchedule(client, schedule);
  }
  return toMend.map(({ scheduleId }) => scheduleId);
}

/** Gone already is as good. */
export async function removeSchedule(client: Client, scheduleId: string): Promise<void> {
  await client.schedule
    .getHandle(scheduleId)
    .delete()
    .catch((error: unknown) => {
      if (!(error instanceof ScheduleNotFoundError)) throw error;
    });
}

function isStuck({ state, info }: ScheduleSummary, nowMs: number): boolean {
  const next = info.nextActionTimes[0];
  return !state.paused && next !== undefined && next.getTime() < nowMs - lateMsMax;
}
