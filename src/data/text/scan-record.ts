import { missingWordBytesMax } from './missing-words.ts';

/** Which bytes mean what in a CSV file. */
export interface CsvMarks {
  readonly delimiter: string;
  readonly quote: '"' | "'";
  /** Byte before a quote that is part of a quoted cell: the quote itself (RFC 4180) or a backslash. */
  readonly escape: '"' | "'" | '\\';
}

/** One record as bytes, and what is odd about it. The object is used again for the next record. */
export interface ScannedRecord {
  /** Behind its last byte, the line end left out. */
  end: number;
  /** Where the next record begins. */
  next: number;
  cells: number;
  /** Physical lines that it takes: more than one where a quoted cell holds line ends. */
  lines: number;
  /** True where its bytes mean the same to any reader that is told the marks: no blanks around quotes, no backslash. */
  isPlain: boolean;
  /** 1-based cell with text behind its closing quote, or with a quote that never closes; 0 for none. */
  badCell: number;
  /** Whether a byte that may be part of a written number (a comma, a point) occurs where it is no delimiter. */
  hasNumberMarks: boolean;
  /** Cells in quotes. */
  quoted: number;
}

/** What occurs in some cell of a column, so that a reader need not look for it in the others. */
export interface ColumnTraits {
  /** Blanks or line ends at the beginning or the end. */
  hasBlankEnds: boolean;
  /** A short text that begins as `NA`, `null`, `?` and other words for a missing cell do. */
  mayHoldMissingWords: boolean;
}

export interface RecordScanner {
  readonly record: ScannedRecord;
  /** Of each column that was ever seen; rows that are no rows count as well. */
  readonly traits: readonly ColumnTraits[];
  /**
   * Looks at the record that begins at `from`. False when its end is not in these bytes and more may come; with
   * `isLast` the end of the bytes ends it.
   */
  scan(bytes: Buffer, from: number, to: number, isLast: boolean): boolean;
}

const LF = 10;
const CR = 13;
const SPACE = 32;
const ASTERISK = 42;
const TAB = 9;
const ordinary = 0;
const delimiterClass = 1;
const lineEndClass = 2;
const quoteClass = 3;
const numberMark = 4;
/** By their first byte: how long a word for a missing cell is at most. */
const wordBytesMax = missingWordBytesMax();

/** Bytes that are looked at outside of quotes; all others are passed over in one tight loop. */
function classesOf({ delimiter, quote }: CsvMarks): Uint8Array {
  const classes = new Uint8Array(256);
  classes[44] = numberMark;
  // Where the comma separates cells, a point is the decimal sign and needs no second look.
  if (delimiter !== ',') classes[46] = numberMark;
  classes[quote.charCodeAt(0)] = quoteClass;
  classes[LF] = lineEndClass;
  classes[CR] = lineEndClass;
  classes[delimiter.charCodeAt(0)] = delimiterClass;
  return classes;
}

/**
 * Finds where records end. A quote opens a cell only at its beginning (blanks may stand before it) and closes it only
 * before a delimiter or a line end. Where that does not hold, the first physical line alone is taken for the record and
 * `badCell` names the cell, so a stray quote spoils one line and not what follows. `traitsBefore` are those of lines
 * before.
 */
export function recordScanner(marks: CsvMarks, traitsBefore: readonly ColumnTraits[] = []): RecordScanner {
  const classes = classesOf(marks);
  const specialMax = classes.findLastIndex((kind) => kind !== ordinary);
  const delimiter = marks.delimiter.charCodeAt(0);
  const quote = marks.quote.charCodeAt(0);
  const escape = marks.escape.charCodeAt(0);
  const isBackslash = escape !== quote;
  const traits = traitsBefore.map((known) => ({ ...known }));
  const record: ScannedRecord = {
    end: 0,
    next: 0,
    cells: 0,
    lines: 0,
    isPlain: true,
    badCell: 0,
    hasNumberMarks: false,
    quoted: 0,
  };

  function scan(bytes: Buffer, from: number, to: number, isLast: boolean): boolean {
    return scanBare(bytes, from, to) || scanAny(bytes, from, to, isLast);
  }

  /**
   * A record without quotes that LF ends, as most are: nearly all of its bytes are told by one comparison. False for
   * any other, which is looked at from its beginning.
   */
  function scanBare(bytes: Buffer, from: number, to: number): boolean {
    let cells = 1;
    let cellFrom = from;
    let hasNumberMarks = false;
    for (let at = from; at < to; at++) {
      const byte = bytes[at] ?? 0;
      if (byte > specialMax) continue;
      const kind = classes[byte];
      if (kind === ordinary) continue;
      if (kind === quoteClass || byte === CR) return false;
      if (kind === numberMark) {
        hasNumberMarks = true;
        continue;
      }
      if (at > cellFrom) {
        const first = bytes[cellFrom] ?? 0;
        const last = bytes[at - 1] ?? 0;
        if (first <= SPACE || last <= SPACE || at - cellFrom <= (wordBytesMax[first] ?? 0))
          note(bytes, cellFrom, at, cells);
      }
      if (kind === lineEndClass) {
        record.end = at;
        record.next = at + 1;
        record.cells = cells;
        record.lines = 1;
        record.isPlain = true;
        record.badCell = 0;
        record.hasNumberMarks = hasNumberMarks;
        record.quoted = 0;
        return true;
      }
      cells++;
      cellFrom = at + 1;
    }
    return false;
  }

  function scanAny(bytes: Buffer, from: number, to: number, isLast: boolean): boolean {
    let cells = 1;
    let lines = 1;
    let isPlain = true;
    let hasNumberMarks = false;
    let quoted = 0;
    let at = from;
    for (;;) {
      // At the beginning of a cell.
      const cellFrom = at;
      let start = at;
      // All that is special at a beginning (blanks, quotes) stands below this byte in ASCII; most cells begin above.
      const first = at < to ? (bytes[at] ?? 0) : 0;
      if (first < ASTERISK) while (start < to && isBlank(bytes[start] ?? 0)) start++;
      if (first < ASTERISK && start < to && bytes[start] === quote) {
        if (start !== at) isPlain = false;
        at = start + 1;
        const inner = at;
        let isClosed = false;
        while (at < to) {
          const byte = bytes[at] ?? 0;
          if (isBackslash && byte === escape && at + 1 < to && (bytes[at + 1] === quote || bytes[at + 1] === escape)) {
            isPlain = false;
            at += 2;
          } else if (byte === quote) {
            if (at + 1 >= to && !isLast) return false;
            if (at + 1 < to && bytes[at + 1] === quote) {
              isPlain &&= !isBackslash;
              at += 2;
            } else {
              isClosed = true;
              break;
            }
          } else {
            if (byte === LF || (byte === CR && bytes[at + 1] !== LF)) lines++;
            else if (byte === 44) hasNumberMarks = true;
            at++;
          }
        }
        if (!isClosed) {
          if (!isLast) return false;
          return endBadLine(bytes, from, to, isLast, cells);
        }
        quoted++;
        note(bytes, inner, at, cells);
        at++;
        const closed = at;
        while (at < to && isBlank(bytes[at] ?? 0)) at++;
        if (at !== closed) isPlain = false;
        if (at < to && bytes[at] !== delimiter && bytes[at] !== LF && bytes[at] !== CR)
          return endBadLine(bytes, from, to, isLast, cells);
      } else {
        for (;;) {
          while (at < to && classes[bytes[at] ?? 0] === ordinary) at++;
          if (at >= to) break;
          const kind = classes[bytes[at] ?? 0];
          if (kind === delimiterClass || kind === lineEndClass) break;
          // A quote inside of a bare cell is text; other readers have other ideas, so it is written anew.
          if (kind === quoteClass) isPlain = false;
          else hasNumberMarks = true;
          at++;
        }
        const last = at > cellFrom ? (bytes[at - 1] ?? 0) : 0;
        if (first <= SPACE || last <= SPACE || at - cellFrom <= (wordBytesMax[first] ?? 0))
          if (at < to || isLast) note(bytes, cellFrom, at, cells);
      }
      if (at < to && bytes[at] === delimiter) {
        cells++;
        at++;
        continue;
      }
      if (at >= to && !isLast) return false;
      // A CR at the end of the bytes may be half of a line end.
      if (at + 1 >= to && bytes[at] === CR && !isLast) return false;
      record.end = at;
      record.next = behindLineEnd(bytes, at, to);
      record.cells = cells;
      record.lines = lines;
      record.isPlain = isPlain;
      record.badCell = 0;
      record.hasNumberMarks = hasNumberMarks;
      record.quoted = quoted;
      return true;
    }
  }

  function endBadLine(bytes: Buffer, from: number, to: number, isLast: boolean, cell: number): boolean {
    let at = from;
    while (at < to && bytes[at] !== LF && bytes[at] !== CR) at++;
    if (at + 1 >= to && !isLast) return false;
    record.end = at;
    record.next = behindLineEnd(bytes, at, to);
    record.cells = cell;
    record.lines = 1;
    record.isPlain = false;
    record.badCell = cell;
    record.hasNumberMarks = false;
    record.quoted = 0;
    return true;
  }

  function note(bytes: Buffer, from: number, to: number, cell: number): void {
    if (to === from) return;
    const first = bytes[from] ?? 0;
    const isBlankEnded = first <= SPACE || (bytes[to - 1] ?? 0) <= SPACE;
    const mayBeMissing = to - from <= (wordBytesMax[first] ?? 0);
    if (!isBlankEnded && !mayBeMissing) return;
    while (traits.length < cell) traits.push({ hasBlankEnds: false, mayHoldMissingWords: false });
    const known = traits[cell - 1];
    if (known === undefined) return;
    known.hasBlankEnds ||= isBlankEnded;
    // A word with blanks around it is found by the blanks.
    known.mayHoldMissingWords ||= mayBeMissing || isBlankEnded;
  }

  function isBlank(byte: number): boolean {
    return (byte === SPACE || byte === TAB) && byte !== delimiter;
  }

  return { record, traits, scan };
}

function behindLineEnd(bytes: Buffer, at: number, to: number): number {
  if (at >= to) return to;
  return bytes[at] === CR && at + 1 < to && bytes[at + 1] === LF ? at + 2 : at + 1;
}
