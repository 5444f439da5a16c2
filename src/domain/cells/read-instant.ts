import type { DateOrder, EpochUnit } from '../spec/closed-sets.ts';
import type { TimeReading } from '../spec/spec.ts';
import { instantOfClock } from './local-clock.ts';
import { readNumber } from './read-number.ts';

/** ISO 8601 date, or date and time with an optional zone; `/` for `-` is common in exports and as unambiguous. */
export const isoPattern =
  String.raw`\d{4}[-/]\d{2}[-/]\d{2}([T ]\d{2}:\d{2}(:\d{2}([.,]\d{1,9})?)?` +
  String.raw`[\t\n\f\r ]?(Z|[+-]\d{2}(:?\d{2})?)?)?`;
/** A date whose parts stand in an order that it does not say, with an optional clock. */
export const localPattern =
  String.raw`\d{1,2}[/.-]\d{1,2}[/.-](\d{4}|\d{2})` +
  String.raw`([T ]\d{1,2}:\d{2}(:\d{2}(\.\d{1,6})?)?( ?[AaPp][Mm])?)?`;

const iso = new RegExp(
  String.raw`^(\d{4})[-/](\d{2})[-/](\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?` +
    String.raw`[\t\n\f\r ]?(?:(Z)|([+-])(\d{2})(?::?(\d{2}))?)?)?$`,
);
const local = new RegExp(
  String.raw`^(\d{1,2})[/.-](\d{1,2})[/.-](\d{4}|\d{2})` +
    String.raw`(?:[T ](\d{1,2}):(\d{2})(?::(\d{2})(\.\d{1,6})?)?( ?[AaPp][Mm])?)?$`,
);

/** By how much a number of the unit is multiplied to be milliseconds. */
export const msPerUnit: Record<EpochUnit, number> = {
  seconds: 1_000,
  milliseconds: 1,
  microseconds: 1e-3,
  nanoseconds: 1e-6,
};

/** The last millisecond of the last year that calendars know. */
export const epochMsMax = 253_402_300_799_999;
/** Numbers in this range are taken for epoch milliseconds where nothing else is declared: 1973 to 9999. */
export const plausibleMs = { from: 1e11, through: epochMsMax };
/** Nobody's rows are of these times, 1800 and 2200: 9999-12-31 and its kin stand for "never" or "not known". */
export const sentinelMs = { before: -5_364_662_400_000, from: 7_258_118_400_000 };

/** Epoch milliseconds of ISO 8601 text, or null. One that names no zone is of the declared one, UTC without. */
export function readIso(text: string, { timeZone }: TimeReading = {}): number | null {
  if (text.length < 10) return null;
  const parts = iso.exec(text);
  if (parts === null) return null;
  const [, year, month, day, hour = '0', minute = '0', second = '0', fraction = '', utc, sign] = parts;
  const clock = clockMs(Number(hour), Number(minute), Number(second), fraction);
  const days = daysOf(Number(year), Number(month), Number(day));
  if (clock === null || days === null) return null;
  const { ms, hasRest } = clock;
  const written = days * dayMs + ms;
  if (sign !== undefined) {
    const offsetMs = (Number(parts[10]) * 60 + Number(parts[11] ?? '0')) * 60_000;
    return towardsZero(sign === '-' ? written + offsetMs : written - offsetMs, hasRest);
  }
  const isElsewhere = utc === undefined && timeZone !== undefined;
  return towardsZero(isElsewhere ? instantOfClock(written, timeZone) : written, hasRest);
}

/** Whether a cell is a date whose order of parts has to be declared: `04/07/20`, `1.2.2024 15:30`. */
export function isLocalDate(text: string): boolean {
  return text.length >= 6 && text.length <= 32 && local.test(text);
}

/** Where year, month and day stand, by order. */
const places: Record<DateOrder, readonly [number, number, number]> = {
  'day-first': [3, 2, 1],
  'month-first': [3, 1, 2],
  'year-first': [1, 2, 3],
};

/** Epoch milliseconds of a date in that order, or null where it is none of the calendar. */
function readLocal(text: string, order: DateOrder, { timeZone }: TimeReading = {}): number | null {
  const parts = isLocalDate(text) ? local.exec(text) : null;
  if (parts === null) return null;
  const [yearAt, monthAt, dayAt] = places[order];
  const year = parts[yearAt] ?? '';
  // A year of four digits stands last, also where the order says that it comes first.
  if (order === 'year-first' && parts[3]?.length === 4) return null;
  const days = daysOf(fullYear(year), Number(parts[monthAt]), Number(parts[dayAt]));
  const clock = halfDayClock(parts);
  if (days === null || clock === null) return null;
  const written = days * dayMs + clock.ms;
  return towardsZero(timeZone === undefined ? written : instantOfClock(written, timeZone), clock.hasRest);
}

function fullYear(year: string): number {
  if (year.length === 4) return Number(year);
  return Number(year) + (Number(year) < 69 ? 2000 : 1900);
}

/** The clock of a local date; with AM or PM it has hours from 1 to 12 and no fraction of a second. */
function halfDayClock(parts: RegExpExecArray): Clock | null {
  const [, , , , hour = '0', minute = '0', second = '0', fraction = '', half] = parts;
  if (half === undefined)
    return hour === '24' ? null : clockMs(Number(hour), Number(minute), Number(second), fraction.slice(1));
  const isOnDial = Number(hour) >= 1 && Number(hour) <= 12 && fraction === '';
  if (!isOnDial) return null;
  const isAfternoon = half.trim().toLowerCase() === 'pm';
  return clockMs((Number(hour) % 12) + (isAfternoon ? 12 : 0), Number(minute), Number(second), '');
}

/** Epoch milliseconds of a time as it is declared to be written, or null. */
export function readInstant(text: string, reading: TimeReading = {}): number | null {
  return readWords(text, reading) ?? readEpoch(text, reading);
}

function readWords(text: string, reading: TimeReading): number | null {
  const { dateOrder } = reading;
  return readIso(text, reading) ?? (dateOrder === undefined ? null : readLocal(text, dateOrder, reading));
}

/** What numbers of an epoch look like: whole, but seconds may have a fraction, their milliseconds. */
export const epochPatterns = {
  whole: String.raw`-?\d{1,19}(\.0+)?`,
  seconds: String.raw`-?\d{1,19}(\.\d+)?`,
};
const isWholeEpoch = new RegExp(`^(?:${epochPatterns.whole})$`);
const isSecondsEpoch = new RegExp(`^(?:${epochPatterns.seconds})$`);

function readEpoch(text: string, { epochUnit = 'milliseconds' }: TimeReading): number | null {
  const scale = msPerUnit[epochUnit];
  if (!(scale > 1 ? isSecondsEpoch : isWholeEpoch).test(text)) return null;
  const value = Number(text);
  const ms = scale === 1 ? value : roundHalfAway(value * scale);
  return ms >= -(2 ** 63) && ms < 2 ** 63 ? ms : null;
}

/** What orders rows: epoch milliseconds of a time and of a number of a declared unit; any other number as it is. */
export function readOrderKey(text: string, reading: TimeReading = {}): number | null {
  const words = readWords(text, reading);
  if (words !== null) return words;
  const number = readNumber(text);
  return number === null || reading.epochUnit === undefined ? number : number * msPerUnit[reading.epochUnit];
}

/** Whether `readOrderKey` of a cell that has one is epoch milliseconds, whatever the other cells are. */
export function isInstantKey(text: string, { epochUnit }: TimeReading = {}): boolean {
  return epochUnit !== undefined || readNumber(text) === null;
}

/** Whether epoch milliseconds are a word for no time. */
export function isSentinel(ms: number): boolean {
  return ms >= sentinelMs.from || ms < sentinelMs.before;
}

const dayMs = 86_400_000;
const monthDays = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/** Days since 1970 of a date of the Gregorian calendar, which is used before 1582 too; null where there is none. */
function daysOf(year: number, month: number, day: number): number | null {
  const isLeap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  const length = monthDays[month - 1];
  if (length === undefined || day < 1 || day > (month === 2 && isLeap ? 29 : length)) return null;
  // Years begin in March here, so that the leap day is the last of its year (H. Hinnant, days_from_civil).
  const shifted = month <= 2 ? year - 1 : year;
  const era = Math.floor(shifted / 400);
  const yearOfEra = shifted - era * 400;
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1;
  return (
    era * 146_097 + yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear - 719_468
  );
}

interface Clock {
  /** Whole milliseconds since midnight. */
  readonly ms: number;
  /** Whether microseconds are left over. */
  readonly hasRest: boolean;
}

function clockMs(hour: number, minute: number, second: number, fraction: string): Clock | null {
  const micros = Number(fraction.slice(0, 6).padEnd(6, '0'));
  const isEndOfDay = hour === 24 && minute === 0 && second === 0 && micros === 0;
  if ((hour > 23 && !isEndOfDay) || minute > 59 || second > 59) return null;
  const ms = ((hour * 60 + minute) * 60 + second) * 1_000 + Math.floor(micros / 1_000);
  return { ms, hasRest: micros % 1_000 > 0 };
}

/** The engine cuts microseconds towards 1970. */
function towardsZero(ms: number, hasRest: boolean): number {
  return hasRest && ms < 0 ? ms + 1 : ms;
}

function roundHalfAway(value: number): number {
  return Math.sign(value) * Math.round(Math.abs(value));
}
