import type { ColumnScan, Tally } from './column-scan.ts';
import type { Guess, GuessOptions } from './guess.ts';
import { guessDates, sayUnread } from './guess-dates.ts';
import { absentNotes, isOrAre, misfitNotes, timeNotes, valueNotes } from './kind-notes.ts';
import { sayCells, sayWhere } from './say-cells.ts';

/** A column is of a kind when so many of its cells are; the rest goes to quarantine. */
const kindShareMin = 0.98;
/** A column of which so many cells are numbers was probably meant as one. */
const almostShareMin = 0.5;
/** So many codes of a list are told apart by their text; more than this are measurements. */
const codesMax = 1_000;
/** The same where no two of them would become one: 1.9 and 1.10 are versions, and prices are more. */
const versionsMax = 50;

const none: Tally = { rows: 0, line: null };
const noTime = { reading: {}, isTime: false } as const;

/** The kind of a column by all of its cells, never by a sample. */
export function guessKind(scan: ColumnScan, options: GuessOptions = {}): Guess {
  const isMostly = (count: number) => isMost(scan, count);
  if (isMostly(scan.numbers)) return guessCodes(scan) ?? numberGuess(scan);
  if (scan.truths > 0 && scan.truths === scan.filled)
    return { kind: 'boolean', ...noTime, notes: absentNotes(scan, 'boolean') };
  if (isMostly(scan.times)) return timeGuess(scan, options);
  if (!isMostly(scan.dates.rows)) return categoryGuess(scan);
  const dates = guessDates(scan, options);
  return dates ?? { kind: 'category', ...noTime, notes: [sayUnread(scan), ...valueNotes(scan)] };
}

function isMost({ filled }: ColumnScan, count: number): boolean {
  return count > 0 && count >= filled * kindShareMin;
}

/** Numbers whose text says more than their value are codes, of which two would become one; null for any others. */
export function guessCodes(scan: ColumnScan): Guess | null {
  if (!isMost(scan, scan.numbers)) return null;
  const { name, zeros, exponents, beyond, trailing, points } = scan;
  const reasons = [
    { tally: zeros, said: 'leading zeros' },
    { tally: points === 0 ? exponents : none, said: 'the form of 1E5' },
    { tally: beyond, said: 'a whole number beyond 2^53' },
    { tally: isCodes(scan) ? trailing : none, said: 'a zero at the end, as 10.10 beside 10.1' },
  ];
  const reason = reasons.find(({ tally }) => tally.rows > 0);
  if (reason === undefined) return null;
  const said = `${sayCells(reason.tally, 'has', 'have')} ${reason.said}${sayWhere(reason.tally)}`;
  const note = `${name} is a category: ${said}.`;
  return { kind: 'category', ...noTime, notes: [note, ...valueNotes(scan)] };
}

/** Some end in a zero and others are shorter, every one has a point, and there are few of them. */
function isCodes({ points, filled, distinct, decimalsMin, twins }: ColumnScan): boolean {
  const distinctMax = twins > 0 ? Math.min(codesMax, filled / 4) : Math.min(versionsMax, filled / 10);
  return points === filled && decimalsMin === 1 && distinct <= distinctMax;
}

function numberGuess(scan: ColumnScan): Guess {
  const { name, twins, trailing, noNumbers } = scan;
  const lost = `${name} is a number: ${sayCells(trailing, 'ends', 'end')} in a zero that is lost${sayWhere(trailing)}.`;
  return {
    kind: 'number',
    ...noTime,
    notes: [...absentNotes(scan, 'number'), ...(twins === 0 ? [] : [lost]), ...misfitNotes(scan, 'number', noNumbers)],
  };
}

function timeGuess(scan: ColumnScan, { timeZone }: GuessOptions): Guess {
  const misfits = { ...scan.noTimes, rows: scan.filled - scan.times };
  return {
    kind: 'time',
    isTime: true,
    reading: scan.naive.rows === 0 ? {} : { timeZone: timeZone ?? 'UTC' },
    notes: [...absentNotes(scan, 'time'), ...timeNotes(scan, timeZone), ...misfitNotes(scan, 'time', misfits)],
  };
}

function categoryGuess(scan: ColumnScan): Guess {
  const { name, yesNo, truths, filled, numbers, noNumbers } = scan;
  const notes = [...valueNotes(scan)];
  if (yesNo.rows > 0 && yesNo.rows + truths === filled)
    notes.push(
      `${name} is a category, and its words stay as they are${sayWhere(yesNo)}; boolean() reads them as true and ` +
        `false.`,
    );
  if (numbers > 0 && numbers >= filled * almostShareMin) {
    const what = noNumbers.rows === 1 ? 'number' : 'numbers';
    const said = `${sayCells(noNumbers, '', '')} ${isOrAre(noNumbers)} no ${what}${sayWhere(noNumbers)}`;
    notes.push(`${name} is a category: ${said}.`);
  }
  return { kind: 'category', ...noTime, notes };
}
