const dayMs = 86_400_000;
const hourMs = 3_600_000;

export interface CalendarParts {
  /** 0 to 23. */
  readonly hour: number;
  /** 0 is Sunday, 6 Saturday. */
  readonly weekday: number;
  /** 1 to 31. */
  readonly dayOfMonth: number;
  /** 1 to 12. */
  readonly month: number;
}

/** Beyond it the calendar of JavaScript ends, 100,000,000 days from 1970. */
export const instantMsMax = 8.64e15;

/** Of an instant that was moved by the offset of its zone; NaN where it is, or is out of the calendar. */
export function calendarParts(ms: number): CalendarParts {
  if (!(Math.abs(ms) <= instantMsMax)) return { hour: NaN, weekday: NaN, dayOfMonth: NaN, month: NaN };
  const date = new Date(Math.floor(ms / dayMs) * dayMs);
  return {
    hour: Math.floor((ms - Math.floor(ms / dayMs) * dayMs) / hourMs),
    weekday: date.getUTCDay(),
    dayOfMonth: date.getUTCDate(),
    month: date.getUTCMonth() + 1,
  };
}
