import { weekdays, type Weekday } from '../closed-sets.ts';
import type { FreezeWindow } from '../parts/rollout-spec.ts';
import { sayClock } from '../../words/say-clock.ts';

const minuteMs = 60_000;
const dayMinutes = 1_440;
const weekMinutes = 7 * dayMinutes;
/** Windows that follow each other without a gap are one wait; a week of them is for ever. */
const chainedMsMax = 8 * dayMinutes * minuteMs;

/** When the freeze windows that hold at an instant are over; null when none holds. Infinity: they leave no gap. */
export function frozenUntil(windows: readonly FreezeWindow[], atMs: number): number | null {
  let untilMs = atMs;
  for (let next = endOf(windows, untilMs); next !== null; next = endOf(windows, untilMs)) {
    untilMs = next;
    if (untilMs - atMs > chainedMsMax) return Infinity;
  }
  return untilMs === atMs ? null : untilMs;
}

/** The latest end of the windows that hold at this instant; null when none does. */
function endOf(windows: readonly FreezeWindow[], atMs: number): number | null {
  const ends = windows.flatMap((window) => endsOf(window, atMs));
  return ends.length === 0 ? null : Math.max(...ends);
}

function endsOf(window: FreezeWindow, atMs: number): readonly number[] {
  const now = minuteOfWeek(atMs, window.timeZone);
  const [from, to] = [minuteOfDay(window.from), minuteOfDay(window.to)];
  const length = to > from ? to - from : to - from + dayMinutes;
  return window.days.flatMap((day) => {
    const begun = weekdays.indexOf(day) * dayMinutes + from;
    const passed = (now - begun + weekMinutes) % weekMinutes;
    return passed < length ? [instantOf(atMs, length - passed, window.timeZone)] : [];
  });
}

/**
 * The instant at which a clock of the time zone shows so many minutes more. Where the clock is changed meanwhile, that
 * is an hour sooner or later, and never now: this minute at least passes.
 */
function instantOf(atMs: number, minutes: number, timeZone: string): number {
  const plainMs = Math.floor(atMs / minuteMs) * minuteMs + minutes * minuteMs;
  const shown = minuteOfWeek(plainMs, timeZone) - minuteOfWeek(atMs, timeZone);
  const off = ((shown - minutes + weekMinutes / 2 + 2 * weekMinutes) % weekMinutes) - weekMinutes / 2;
  return Math.max(plainMs - off * minuteMs, Math.floor(atMs / minuteMs + 1) * minuteMs);
}

function minuteOfDay(time: string): number {
  const [hours = 0, minutes = 0] = time.split(':').map(Number);
  return hours * 60 + minutes;
}

const formats = new Map<string, Intl.DateTimeFormat>();

/** Minutes since Monday 00:00 on a clock of the time zone. */
function minuteOfWeek(atMs: number, timeZone: string): number {
  const parts = formatOf(timeZone).formatToParts(atMs);
  const of = (type: Intl.DateTimeFormatPartTypes): string => parts.find((part) => part.type === type)?.value ?? '';
  const day = weekdays.findIndex((name: Weekday) => of('weekday').toLowerCase().startsWith(name));
  return day * dayMinutes + Number(of('hour')) * 60 + Number(of('minute'));
}

function formatOf(timeZone: string): Intl.DateTimeFormat {
  const known = formats.get(timeZone);
  if (known !== undefined) return known;
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone,
    weekday: 'short',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  });
  formats.set(timeZone, format);
  return format;
}

/** `a freeze window, until 2026-11-30 08:00 Europe/Berlin`. */
export function sayFrozenUntil(windows: readonly FreezeWindow[], untilMs: number): string {
  const timeZone = windows[0]?.timeZone ?? 'UTC';
  return `a freeze window, until ${sayClock(untilMs, timeZone)} ${timeZone}`;
}
