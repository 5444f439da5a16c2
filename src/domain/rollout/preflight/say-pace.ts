import { sayMany, sayNumber } from '../../words/say.ts';

const hoursPerDay = 24;
const hoursPerMonth = 730.5;

/** `50 rows a day`, `6,000 rows an hour`. */
export function sayPace(rowsPerHour: number): string {
  return rowsPerHour < 10
    ? `${sayMany(Number((rowsPerHour * hoursPerDay).toPrecision(2)), 'row')} a day`
    : `${sayMany(Math.round(rowsPerHour), 'row')} an hour`;
}

/** `40 s`, `5 min`, `36 h`, `12 days`, `9 months`: two digits are as much as anybody plans with. */
export function sayHours(hours: number): string {
  const two = (value: number): string => sayNumber(Number(value.toPrecision(value < 100 ? 2 : 3)));
  if (hours < 1 / 60) return `${two(hours * 3_600)} s`;
  if (hours < 1) return `${two(hours * 60)} min`;
  if (hours < 2 * hoursPerDay) return `${two(hours)} h`;
  if (hours < 2 * hoursPerMonth) return `${two(hours / hoursPerDay)} days`;
  return hours < 24 * hoursPerMonth
    ? `${two(hours / hoursPerMonth)} months`
    : `${two(hours / hoursPerMonth / 12)} years`;
}
