import type { CronSchedule } from '../../domain/spec/parts/retrain-spec.ts';

/** Minutes by the calendar of a place, daylight saving included: `cron('0 3 * * 1', 'Europe/Berlin')`. */
export function cron(fields: string, timeZone: string): CronSchedule {
  return { cron: fields, timeZone };
}
