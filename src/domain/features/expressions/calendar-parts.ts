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

/** After which days and weekdays repeat: 400 years. */
const cycleDays = 146_097;
/** 1 January 1970 as a Julian day number. */
const julianOf1970 = 2_440_588;

/**
 * Of an instant that was moved by the offset of its zone; NaN where it is, or is out of the calendar. Day and month are
 * those of Richards, "Calendars", in: Explanatory Supplement to the Astronomical Almanac, 3rd ed. (2013), 15.11.3.
 */
export function calendarParts(ms: number): CalendarParts {
  if (!(Math.abs(ms) <= instantMsMax)) return { hour: NaN, weekday: NaN, dayOfMonth: NaN, month: NaN };
  const days = Math.floor(ms / dayMs);
  const julian = julianOf1970 + (((days % cycleDays) + cycleDays) % cycleDays);
  const shifted = julian + 1_401 + quotient(quotient(4 * julian + 274_277, cycleDays) * 3, 4) - 38;
  const ofYear = 5 * quotient((4 * shifted + 3) % 1_461, 4) + 2;
  return {
    hour: Math.floor((ms - days * dayMs) / hourMs),
    // 1 January 1970 was a Thursday.
    weekday: ((days % 7) + 11) % 7,
    dayOfMonth: quotient(ofYear % 153, 5) + 1,
    month: ((quotient(ofYear, 153) + 2) % 12) + 1,
  };
}

function quotient(of: number, by: number): number {
  return Math.floor(of / by);
}
