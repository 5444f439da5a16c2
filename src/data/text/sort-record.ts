import { isAscii, isUtf8 } from 'node:buffer';
import type { UnreadableRule } from '../../domain/spec/closed-sets.ts';
import { cellsOf, hasTornQuotes, writeCells } from './cells-of.ts';
import { countMarks, noMarks, type MarkCounts } from './number-marks.ts';
import type { CsvPlan } from './plan-csv.ts';
import { trimmedCells } from './sample-records.ts';
import type { ColumnTraits, ScannedRecord } from './scan-record.ts';
import { tallyOf, type HeaderSeen, type ScanState } from './resume/scan-state.ts';
import { hasSwallowedRows } from './stray-quote.ts';
import { endOfLine } from './text-blocks.ts';
import { emptyTally, rejectWriter, type TextTally } from './text-tally.ts';
import type { TextWriter } from './text-writer.ts';

export interface CsvTally extends TextTally {
  /** Of each column, how its numbers are written. */
  readonly marks: readonly MarkCounts[];
  /** Of each column in which there is anything to say; the last ones may be absent. */
  readonly traits: readonly ColumnTraits[];
}

/** Bytes, and up to where they are known to be ASCII or UTF-8. */
export interface ByteBlock {
  readonly bytes: Buffer;
  readonly asciiTo: number;
  readonly utf8To: number;
  readonly mayHoldNul: boolean;
}

interface RecordSorter {
  readonly tally: Omit<CsvTally, 'traits'>;
  /** Null before the header line. */
  header(): HeaderSeen | null;
  /**
   * Says what the scanned record is, and writes it where it belongs. Answers how many physical lines that took: one
   * where a stray quote had taken more, and then `record.next` is moved back.
   */
  sort(block: ByteBlock, from: number, line: number): number;
  reject(rule: UnreadableRule, line: number, raw: Buffer): void;
}

const hash = 35;

/** Sorts the records of a text from its header line on, or behind `before`. */
export function recordSorter(
  plan: CsvPlan,
  record: ScannedRecord,
  rows: TextWriter,
  rejects: TextWriter,
  before: ScanState | null = null,
): RecordSorter {
  const { marks, names } = plan;
  const rowCells = names.length;
  const delimiter = marks.delimiter.charCodeAt(0);
  const quote = marks.quote.charCodeAt(0);
  let header = before?.csv?.header ?? null;
  let headerStart = Buffer.from(header?.cells[0] ?? '');
  const known = before?.csv?.marks.map((counts) => ({ ...counts }));
  const tally = { ...(before === null ? emptyTally() : tallyOf(before)), marks: known ?? names.map(noMarks) };
  const { account, encoding, tallest } = tally;
  if (before === null) {
    account.preamble = plan.before.preamble + (plan.hasSeparatorLine ? 1 : 0);
    account.comment = plan.before.comment;
    account.blank = plan.before.blank;
  }
  const reject = rejectWriter(rejects, tally);
  const textOf = ({ bytes }: ByteBlock, from: number) => bytes.toString('utf8', from, record.end);

  function sort(block: ByteBlock, from: number, line: number): number {
    const { lines, end } = record;
    if (header === null) {
      const hasMarkedComments = block.bytes[from] !== hash && rowCells > 1;
      account.header = lines;
      header = { cells: trimmedCells(textOf(block, from), marks), hasMarkedComments };
      headerStart = Buffer.from(header.cells[0] ?? '');
      return lines;
    }
    if (isBlank(block.bytes, from, end)) {
      account.blank += lines;
      return lines;
    }
    if (lines > 1 && hasSwallowedRows(block.bytes.subarray(from, end), plan, lines)) return cutBack(block, from, line);
    const rule = ruleBroken(block, from, line);
    if (rule === 'comment') account.comment += lines;
    else if (rule === 'header') {
      account.repeatedHeader += lines;
      tally.repeatedHeaderLine ??= line;
    } else {
      account.continued += lines - 1;
      if (rule === null) write(block, from, line);
      else reject(rule, line, block.bytes.subarray(from, end));
    }
    return lines;
  }

  /** The first line alone is set aside; what its quote had taken is looked at again. */
  function cutBack({ bytes }: ByteBlock, from: number, line: number): number {
    tally.strayQuote ??= { line, lines: record.lines };
    const end = endOfLine(bytes, from, true);
    reject('row.quote', line, bytes.subarray(from, end));
    record.next = end;
    return 1;
  }

  function ruleBroken(block: ByteBlock, from: number, line: number): UnreadableRule | 'comment' | 'header' | null {
    const { bytes, asciiTo, utf8To, mayHoldNul } = block;
    const { end, cells } = record;
    if (end > asciiTo && !isAscii(bytes.subarray(from, end))) {
      const isValid = end <= utf8To || isUtf8(bytes.subarray(from, end));
      if (isValid) encoding.valid++;
      else encoding.invalid++;
      if (!isValid) return 'row.encoding';
    }
    if (mayHoldNul) {
      const nul = bytes.indexOf(0, from);
      if (nul >= 0 && nul < end) return 'row.nul';
    }
    if (record.badCell > 0) return 'row.quote';
    if (cells !== rowCells) return bytes[from] === hash && header?.hasMarkedComments === true ? 'comment' : 'row.shape';
    if (!record.isPlain && hasTornQuotes(textOf(block, from), marks)) return 'row.quote';
    if (beginsAsHeader(bytes, from) && isHeader(textOf(block, from))) return 'header';
    return line === plan.secondHeaderLine ? 'row.header' : null;
  }

  function write(block: ByteBlock, from: number, line: number): void {
    const { end, lines } = record;
    const { bytes } = block;
    account.rows++;
    if (lines > 1) tallest.rows++;
    if (lines > tallest.lines) Object.assign(tallest, { line, lines });
    if (end - from > tally.longestBytes) tally.longestBytes = end - from;
    const cells = record.isPlain && !record.hasNumberMarks ? null : cellsOf(textOf(block, from), marks);
    if (cells !== null && record.hasNumberMarks) countNumbers(cells);
    rows.number(line);
    rows.byte(delimiter);
    if (cells === null || record.isPlain) rows.bytes(bytes, from, end);
    else rows.text(writeCells(cells, marks));
    rows.byte(10);
  }

  function countNumbers(cells: readonly string[]): void {
    for (const [index, cell] of cells.entries()) {
      const counts = tally.marks[index];
      if (counts !== undefined && (cell.includes(',') || cell.includes('.'))) countMarks(cell, counts);
    }
  }

  /** Asked of every row, so it looks at bytes alone. */
  function beginsAsHeader(bytes: Buffer, from: number): boolean {
    let at = from;
    while (bytes[at] === 32) at++;
    if (bytes[at] === quote) at++;
    for (let place = 0; place < headerStart.length; place++) if (bytes[at + place] !== headerStart[place]) return false;
    return true;
  }

  function isHeader(text: string): boolean {
    return trimmedCells(text, marks).every((cell, index) => cell === header?.cells[index]);
  }

  return { tally, header: () => header, sort, reject };
}

function isBlank(bytes: Buffer, from: number, end: number): boolean {
  for (let at = from; at < end; at++) if (bytes[at] !== 32 && bytes[at] !== 9) return false;
  return true;
}
