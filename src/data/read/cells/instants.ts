import { epochPatterns, isoPattern, localPattern, msPerUnit, sentinelMs } from '../../../domain/cells/read-instant.ts';
import type { DateOrder } from '../../../domain/spec/closed-sets.ts';
import type { TimeReading } from '../../../domain/spec/spec.ts';
import { literal } from '../../duck/sql.ts';
import { numberOf } from './numbers.ts';

const zonePattern = "'[T ]\\d{2}:.*(Z|[+-]\\d{2}(:?\\d{2})?)$'";
/** ISO 8601 as the engine takes it by itself, which is how nearly all of it is written. */
const enginePattern = literal(
  String.raw`\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}:\d{2}(\.\d{1,9})?(Z|[+-]\d{2}(:?\d{2})?)?)?`,
);

/** BIGINT epoch milliseconds of ISO 8601 text, or NULL. One that names no zone is of the declared one, UTC without. */
export function isoMsOf(text: string, { timeZone }: TimeReading = {}): string {
  // The engine wants seconds before a zone, and has no `/`, `,` or blank before the zone.
  const plain =
    `regexp_replace(regexp_replace(replace(replace(${text}, '/', '-'), ',', '.'), '([T ` +
    `]\\d{2}:\\d{2})(\\s?(Z|[+-]\\d{2}(:?\\d{2})?))?$', '\\1:00\\2'), '\\s(Z|[+-])', '\\1')`;
  const instant = (written: string): string => {
    const zoned = `epoch_ms(TRY_CAST(${written} AS TIMESTAMPTZ))`;
    if (timeZone === undefined) return zoned;
    const local = `epoch_ms(timezone(${literal(timeZone)}, TRY_CAST(${written} AS TIMESTAMP)))`;
    return `CASE WHEN ${hasZone(text)} THEN ${zoned} ELSE ${local} END`;
  };
  const isPlain = `strlen(${text}) >= 10 AND regexp_full_match(${text}, ${enginePattern})`;
  return `CASE WHEN ${isPlain} THEN ${instant(text)} WHEN ${isIso(text)} THEN ${instant(plain)} END`;
}

/** The length is asked first because the pattern costs fifteen times as much and most cells are no times. */
export function isIso(text: string): string {
  return `strlen(${text}) >= 10 AND regexp_full_match(${text}, ${literal(isoPattern)})`;
}

export function hasZone(text: string): string {
  return `regexp_matches(${text}, ${zonePattern})`;
}

/** Whether a cell is a date whose order of parts has to be declared: `04/07/20`, `1.2.2024 15:30`. */
export function isLocalDate(text: string): string {
  return `strlen(${text}) BETWEEN 6 AND 32 AND regexp_full_match(${text}, ${literal(localPattern)})`;
}

const dates: Record<DateOrder, readonly string[]> = {
  'day-first': ['%d/%m/%Y', '%d/%m/%y'],
  'month-first': ['%m/%d/%Y', '%m/%d/%y'],
  'year-first': ['%y/%m/%d'],
};
const clocks = ['', ' %H:%M', ' %H:%M:%S', ' %H:%M:%S.%f', ' %I:%M %p', ' %I:%M:%S %p'] as const;

/** BIGINT epoch milliseconds of a date in that order, or NULL where it is none of the calendar. */
export function localMsOf(text: string, order: DateOrder, { timeZone }: TimeReading = {}): string {
  const plain =
    `regexp_replace(regexp_replace(regexp_replace(${text}, '^(\\d{1,2})[/.-](\\d{1,2})[/.-]', '\\1/\\2/'), 'T', ` +
    `' '), ' ?([AaPp][Mm])$', ' \\1')`;
  // Years of two digits are tried apart: the engine reads the 20 of 2024 as one of them.
  const [long, short] = ['\\d{4}', '\\d{2}'].map((year) => `regexp_matches(${plain}, '^\\d+/\\d+/${year}( |$)')`);
  const formats = (date: string) => `[${clocks.map((clock) => literal(date + clock)).join(', ')}]`;
  const parsed = dates[order].map((date) => {
    const fits = date.includes('%Y') ? long : short;
    return `WHEN ${fits ?? 'true'} THEN try_strptime(${plain}, ${formats(date)})`;
  });
  const local = `CASE ${parsed.join(' ')} END`;
  const instant = timeZone === undefined ? local : `timezone(${literal(timeZone)}, ${local})`;
  return `CASE WHEN ${isLocalDate(text)} THEN epoch_ms(${instant}) END`;
}

/** BIGINT epoch milliseconds of a time as it is declared to be written, or NULL. */
export function timeOf(text: string, reading: TimeReading = {}): string {
  return `coalesce(${wordsOf(text, reading)}, ${epochOf(text, reading)})`;
}

/** BIGINT epoch milliseconds of a time in words, or NULL. */
export function wordsOf(text: string, reading: TimeReading): string {
  const { dateOrder } = reading;
  const iso = isoMsOf(text, reading);
  return dateOrder === undefined ? iso : `coalesce(${iso}, ${localMsOf(text, dateOrder, reading)})`;
}

/** The same of a number: whole, but seconds may have a fraction, its milliseconds. */
export function epochOf(text: string, { epochUnit = 'milliseconds' }: TimeReading): string {
  const scale = msPerUnit[epochUnit];
  const pattern = scale > 1 ? epochPatterns.seconds : epochPatterns.whole;
  const value = `TRY_CAST(${text} AS DOUBLE)`;
  const ms = scale === 1 ? value : `round(${value} * CAST(${literal(String(scale))} AS DOUBLE))`;
  return `CASE WHEN regexp_full_match(${text}, '${pattern}') THEN TRY_CAST(${ms} AS BIGINT) END`;
}

/**
 * DOUBLE that orders rows: epoch milliseconds of a time, and of a number of a declared unit; any other number as it is.
 */
export function orderKeyOf(text: string, reading: TimeReading = {}): string {
  const number = numberOf(text);
  const { epochUnit } = reading;
  const scaled =
    epochUnit === undefined ? number : `${number} * CAST(${literal(String(msPerUnit[epochUnit]))} AS DOUBLE)`;
  return `coalesce(CAST(${wordsOf(text, reading)} AS DOUBLE), ${scaled})`;
}

/** Whether epoch milliseconds are a word for no time; NULL for NULL. */
export function isSentinel(ms: string): string {
  return `(${ms} >= ${sentinelMs.from} OR ${ms} < ${sentinelMs.before})`;
}
