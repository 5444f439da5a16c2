import { dateOrders, type DateOrder } from '../../../domain/spec/closed-sets.ts';
import { sayChoice, sayMany } from '../../../domain/words/say.ts';
import type { ColumnScan } from './column-scan.ts';
import { sayWhere } from './say-cells.ts';
import { absentNotes, misfitNotes, timeNotes } from './kind-notes.ts';
import type { Guess, GuessOptions } from './guess.ts';

/** The column of dates that are written in one order, which is declared or which all rows together prove; else null. */
export function guessDates(scan: ColumnScan, options: GuessOptions): Guess | null {
  const possible = possibleOrders(scan);
  const [first] = possible;
  if (first === undefined) return null;
  const isProven = possible.length === 1;
  const dateOrder = isProven ? first : possible.find((order) => order === options.dateOrder);
  if (dateOrder === undefined) return null;
  const { timeZone } = options;
  const misfits = { rows: scan.filled - scan.dates.rows, line: scan.noTimes.line };
  return {
    kind: 'time',
    isTime: true,
    reading: { dateOrder, ...(scan.naive.rows === 0 ? {} : { timeZone: timeZone ?? 'UTC' }) },
    notes: [
      ...(isProven ? [sayProof(scan, dateOrder)] : []),
      ...absentNotes(scan, 'time'),
      ...timeNotes(scan, timeZone),
      ...misfitNotes(scan, 'time', misfits),
    ],
  };
}

/** The orders that read every date of the column. */
export function possibleOrders({ dates }: ColumnScan): readonly DateOrder[] {
  return dateOrders.filter((order) => dates.rows > 0 && dates.unread[order].rows === 0);
}

/** With the first line after which one order is left. */
function sayProof({ name, dates }: ColumnScan, proven: DateOrder): string {
  const others = dateOrders.filter((order) => order !== proven);
  const line = Math.max(...others.map((order) => dates.unread[order].line ?? 0));
  const said = `no other order reads all of its ${sayMany(dates.rows, 'date')}, see line ${line}`;
  return `${name} is a time written ${proven}: ${said}.`;
}

/**
 * Why dates stay text, with every reading: `04/07/20 on line 2 is 2020-07-04 (day-first) or 2020-04-07 (month-first)`.
 */
export function sayUnread(scan: ColumnScan): string {
  const { name, dates } = scan;
  const orders = possibleOrders(scan);
  if (orders.length === 0)
    return `${name} is a category: no order of day, month and year reads all of its ${sayMany(dates.rows, 'date')}.`;
  if (dates.example.text === '')
    return `${name} is a category: its dates have several readings${sayWhere(dates)}; declare dateOrder.`;
  const { text, line } = dates.example;
  const readings = orders.map((order) => `${dayOf(text, order)} (${order})`);
  return (
    `${name} is a category: ${text} on line ${line ?? 1} is ${sayChoice(readings)}, and no row says which; ` +
    `declare dateOrder, or name it with --date-order.`
  );
}

const places: Record<DateOrder, readonly [day: number, month: number, year: number]> = {
  'day-first': [0, 1, 2],
  'month-first': [1, 0, 2],
  'year-first': [2, 1, 0],
};

function dayOf(text: string, order: DateOrder): string {
  const parts = /^(\d+)\D(\d+)\D(\d+)/.exec(text)?.slice(1) ?? [];
  const [day = '', month = '', year = ''] = places[order].map((place) => parts[place] ?? '');
  // The engine's own century, as POSIX has it.
  const century = Number(year) < 69 ? '20' : '19';
  const whole = year.length > 2 ? year : `${century}${year.padStart(2, '0')}`;
  return `${whole}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`;
}
