import type { UnreadableRule } from '../../domain/spec/closed-sets.ts';
import type { CsvPlan } from '../text/plan-csv.ts';
import type { TextTally } from '../text/text-tally.ts';
import type { CsvDialect, TableFile } from './table-file.ts';

interface CsvFound {
  readonly plan: CsvPlan;
  readonly dialect: CsvDialect;
}

/** A row of fewer lines is nothing to speak of, unless there are hardly any others of several lines. */
const tallLines = 10;
const tallRowsFew = 3;

/** What was found in a text file and decided about it, one sentence each: places, never what stands there. */
export function sayReading(file: TableFile, tally: TextTally, csv: CsvFound | null): readonly string[] {
  const { account, tallest, repeatedHeaderLine, strayQuote } = tally;
  const notes: string[] = [];
  if (file.encoding === 'windows-1252' && !file.isEncodingSure)
    notes.push(
      `It is read as Windows-1252: most of its ${tally.encoding.valid} rows with other than ASCII ` +
        'characters are not UTF-8.',
    );
  else if (file.encoding !== 'utf-8') notes.push(`It is read as ${file.encoding}.`);
  if (csv !== null) notes.push(...planNotes(csv.plan), ...numberNotes(csv.dialect));
  if (account.comment > 0)
    notes.push(`${count(account.comment, 'comment line')} (#) ${are(account.comment)} left out.`);
  if (repeatedHeaderLine !== null) {
    const more = account.repeatedHeader > 1 ? ` (${account.repeatedHeader} times in all)` : '';
    notes.push(`The header line stands again on line ${repeatedHeaderLine}${more}; it is left out.`);
  }
  if (strayQuote !== null) {
    notes.push(
      `A quote on line ${strayQuote.line} is not closed in its line and would have taken ${strayQuote.lines} lines ` +
        'into one cell; that line is set aside and the others are read as rows.',
    );
  }
  if (tallest.lines >= tallLines || (tallest.rows > 0 && tallest.rows <= tallRowsFew))
    notes.push(`A row on line ${tallest.line} holds ${tallest.lines} lines in quotes.`);
  for (const [rule, { rows, line }] of tally.unreadable)
    notes.push(`${count(rows, 'row')} ${are(rows)} set aside, first on line ${line}: ${reasons[rule]} (${rule}).`);
  return notes;
}

const reasons: Record<UnreadableRule, string> = {
  'row.shape': 'another number of cells than the header',
  'row.quote': 'a quote that does not close its cell',
  'row.encoding': 'not text of the encoding',
  'row.nul': 'a NUL character',
  'row.length': 'longer than 16 MiB',
  'row.header': 'a second header line',
};

function planNotes(plan: CsvPlan): string[] {
  const notes: string[] = [];
  if (plan.headerLine > 1) notes.push(`The table begins on line ${plan.headerLine}.`);
  if (plan.hasSeparatorLine) notes.push('Its first line names the delimiter.');
  if (plan.isHeaderCut) notes.push('The header line has one blank cell more than the rows; it is left out.');
  return notes;
}

function numberNotes({ commas, columns }: CsvDialect): string[] {
  return (['decimal', 'thousands'] as const).flatMap((meaning) => {
    const places = columns.map((_, index) => index + 1).filter((place) => commas[place - 1] === meaning);
    if (places.length === 0) return [];
    const shown = places.slice(0, 5).join(', ') + (places.length > 5 ? ', …' : '');
    const about = meaning === 'decimal' ? 'a decimal comma' : 'a thousands mark';
    return [`In numbers of ${places.length === 1 ? 'column' : 'columns'} ${shown} the comma is ${about}.`];
  });
}

function count(rows: number, noun: string): string {
  return `${rows} ${noun}${rows === 1 ? '' : 's'}`;
}

function are(rows: number): string {
  return rows === 1 ? 'is' : 'are';
}
