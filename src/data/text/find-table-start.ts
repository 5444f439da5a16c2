import { findMissingHeader } from './find-missing-header.ts';
import type { Reading } from './rank-marks.ts';
import { trimmedCells, type SampleRecord } from './sample-records.ts';
import type { CsvMarks } from './scan-record.ts';

/** What stands above a table, in physical lines. */
export interface LinesBefore {
  readonly preamble: number;
  readonly comment: number;
  readonly blank: number;
}

interface TableStart {
  /** Place of the header line among the records. */
  readonly index: number;
  readonly before: LinesBefore;
}

/** A table does not begin later than this. */
const recordsBeforeMax = 200;

/**
 * Finds the header line: the first record that is no comment, no title and no blank line. What has about as many cells
 * as the rows is taken for a header, even a wrong one, so that a table never begins with its first row by mistake.
 */
export function findTableStart({ records, width, marks }: Reading): TableStart {
  const before = { preamble: 0, comment: 0, blank: 0 };
  const end = Math.min(records.length, recordsBeforeMax);
  for (let index = 0; index < end; index++) {
    const record = records[index];
    if (record === undefined) break;
    if (record.isBlank) before.blank += record.lines;
    else if (isComment(records, index, { width, marks })) before.comment += record.lines;
    else if (isTitle(records, index, { width, marks })) before.preamble += record.lines;
    else if (before.preamble > 0 && !areRegular(records.slice(index), width)) break;
    else return { index, before };
  }
  // No table below the titles: then the first of them is its header, and is told so if it is none.
  const index = records.findIndex(({ isBlank }) => !isBlank);
  return { index, before: { preamble: 0, comment: 0, blank: index } };
}

/** Whether what stands below titles is a table at all. */
function areRegular(records: readonly SampleRecord[], width: number): boolean {
  const filled = records.filter(({ isBlank }) => !isBlank);
  return filled.filter(({ count }) => count === width).length >= filled.length * 0.8;
}

type Shape = Pick<Reading, 'width' | 'marks'>;

/** `#` begins a comment, unless the line names the columns: then the next one looks like a row. */
function isComment(records: readonly SampleRecord[], index: number, { width, marks }: Shape): boolean {
  const record = records[index];
  if (record === undefined || width < 2 || !record.text.startsWith('#')) return false;
  if (record.count !== width) return true;
  const below = records.slice(index + 1).filter(({ isBlank }) => !isBlank);
  const next = below[0];
  if (next === undefined || next.text.startsWith('#')) return true;
  return (
    findMissingHeader(
      trimmedCells(next.text, marks),
      below.slice(1).map(({ text }) => trimmedCells(text, marks)),
    ) === null
  );
}

/** A blank line, or one of delimiters alone. */
function isEmpty(record: SampleRecord | undefined, marks: CsvMarks): boolean {
  return record === undefined || trimmedCells(record.text, marks).every((cell) => cell === '');
}

/** A title or a note: far fewer cells than the table has, one filled cell of many, or text above a blank line. */
function isTitle(records: readonly SampleRecord[], index: number, { width, marks }: Shape): boolean {
  const record = records[index];
  if (record === undefined || width < 2) return false;
  const filled = trimmedCells(record.text, marks).filter((cell) => cell !== '').length;
  const next = records.slice(index + 1).find(({ isBlank }) => !isBlank);
  if (next === undefined) return false;
  if (filled === 0) return true;
  const isAboveEmpty = records[index + 1] !== undefined && isEmpty(records[index + 1], marks);
  if (record.count === width) return filled === 1 && (width >= 3 || isAboveEmpty);
  if (record.badCell === 0 && record.count * 2 <= width) return true;
  const behindBlank = records.slice(index + 1, index + 20).findIndex(({ isBlank }) => isBlank);
  return behindBlank >= 0 && records.slice(index + 1, index + 1 + behindBlank).every(({ count }) => count !== width);
}
