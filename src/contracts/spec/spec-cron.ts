import { Cron } from 'croner';
import { z } from 'zod';
import type { CronSchedule } from '../../domain/spec/parts/retrain-spec.ts';
import type { DueFacts, DueMinute } from '../../domain/watch/triggers/timed-triggers.ts';
import { checkTimeZone } from '../../domain/spec/spec-bounds.ts';
import { sayClock } from '../../domain/words/say-clock.ts';
import { strict } from './strict.ts';

const charsMax = 100;

/** Minutes by the calendar of a place. One that no calendar ever has would never train, so it is refused. */
export const cronSchema = strict({ cron: z.string().max(charsMax), timeZone: z.string().min(1).max(charsMax) }).check(
  ({ value, issues }) => {
    const problem = problemOf(value);
    if (problem !== null) issues.push({ code: 'custom', input: value, ...problem });
  },
);

/**
 * When a schedule came last before an instant, and when it comes next; null where it never does. A minute that the
 * clock leaves out counts as the first one after the gap, and one that it has twice comes once.
 */
export function cronTimes(schedule: CronSchedule, atMs: number): DueFacts {
  const job = jobOf(schedule);
  const at = new Date(atMs);
  const minuteOf = (date: Date | null | undefined): DueMinute | null =>
    date == null ? null : { ms: date.getTime(), text: sayClock(date.getTime(), schedule.timeZone) };
  return { last: minuteOf(job.previousRuns(1, at)[0]), next: minuteOf(job.nextRun(at)) };
}

/** It never runs by itself: only its calendar is asked. */
function jobOf({ cron, timeZone }: CronSchedule): Cron {
  return new Cron(cron, { timezone: timeZone, paused: true, mode: '5-part' });
}

function problemOf(schedule: CronSchedule): { readonly path: string[]; readonly message: string } | null {
  const { cron, timeZone } = schedule;
  const [unknown] = checkTimeZone('timeZone', timeZone);
  if (unknown !== undefined) return { path: ['timeZone'], message: `${unknown.message}. ${unknown.fix}` };
  try {
    if (jobOf(schedule).nextRun(new Date(0)) !== null) return null;
    return { path: ['cron'], message: `"${cron}" never comes; use a day that there is` };
  } catch {
    const message = `"${cron}" is no schedule; use five fields, such as "0 3 * * 1" for Mondays at three`;
    return { path: ['cron'], message };
  }
}
