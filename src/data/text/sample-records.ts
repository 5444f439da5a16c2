import { cellsOf } from './cells-of.ts';
import { recordScanner, type CsvMarks } from './scan-record.ts';

/** A record of the first bytes of a file. */
export interface SampleRecord {
  /** Offset of its first byte. */
  readonly from: number;
  /** 1-based physical line. */
  readonly line: number;
  readonly lines: number;
  readonly count: number;
  readonly badCell: number;
  readonly quoted: number;
  readonly isBlank: boolean;
  readonly text: string;
}

/** Records of a sample from an offset on, blank ones too; a last one that the sample cuts off is dropped. */
export function sampleRecords(
  bytes: Buffer,
  marks: CsvMarks,
  { from, line, recordsMax, isWhole }: { from: number; line: number; recordsMax: number; isWhole: boolean },
): SampleRecord[] {
  const { record, scan } = recordScanner(marks);
  const records: SampleRecord[] = [];
  let at = from;
  let physical = line;
  while (at < bytes.length && records.length < recordsMax) {
    if (!scan(bytes, at, bytes.length, isWhole)) break;
    const text = bytes.toString('utf8', at, record.end);
    records.push({
      from: at,
      line: physical,
      lines: record.lines,
      count: record.cells,
      badCell: record.badCell,
      quoted: record.quoted,
      isBlank: text.trim() === '',
      text,
    });
    physical += record.lines;
    at = record.next;
  }
  return records;
}

/** Cells without the blanks around them, as names and numbers are compared. */
export function trimmedCells(text: string, marks: CsvMarks): string[] {
  return cellsOf(text, marks).map((cell) => cell.trim());
}
