/** What an expression may do; each has its meaning in `operators.ts`, its rule for missing values in docs/sdk.md. */
export const plainOperators = [
  'sum',
  'difference',
  'product',
  'ratio',
  'log1p',
  'textLength',
  'isMissing',
  'cross',
  'coalesce',
] as const;
export type PlainOperator = (typeof plainOperators)[number];

/** Parts of the calendar and of the clock, in UTC or at a fixed offset from it. */
export const calendarOperators = ['hour', 'weekday', 'dayOfMonth', 'month'] as const;
export type CalendarOperator = (typeof calendarOperators)[number];

/** In what the time between two instants is counted, and how many milliseconds one is. */
export const ageUnits = ['seconds', 'minutes', 'hours', 'days'] as const;
export type AgeUnit = (typeof ageUnits)[number];
export const msPerUnit: Readonly<Record<AgeUnit, number>> = {
  seconds: 1_000,
  minutes: 60_000,
  hours: 3_600_000,
  days: 86_400_000,
};
