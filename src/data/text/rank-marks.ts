import { sampleRecords, type SampleRecord } from './sample-records.ts';
import type { CsvMarks } from './scan-record.ts';

/** One way to read the sample, and how well it fits. */
export interface Reading {
  readonly marks: CsvMarks;
  readonly records: readonly SampleRecord[];
  /** Cells of most records. */
  readonly width: number;
  /** Share of the records that are well formed and have that width, in thousandths, and then the wider table. */
  readonly score: number;
}

const delimiters = [',', ';', '\t', '|'] as const;
const recordsMax = 1_000;

interface Start {
  readonly from: number;
  readonly line: number;
  readonly isWhole: boolean;
  /** Said by a line `sep=;`. */
  readonly delimiter: string | null;
}

/**
 * Every way of reading the sample, best first. RFC 4180 comes first among equals; single quotes are marks only where
 * they begin cells and double ones do not, because mostly they are apostrophes.
 */
export function rankMarks(sample: Buffer, { delimiter, ...start }: Start): readonly Reading[] {
  const read = (marks: CsvMarks): Reading => {
    const records = sampleRecords(sample, marks, { ...start, recordsMax });
    return { marks, records, ...fitOf(records) };
  };
  const candidates: readonly string[] = delimiter === null ? delimiters : [delimiter];
  const plain = candidates.map((mark) => read({ delimiter: mark, quote: '"', escape: '"' }));
  // Blanks separate words as well: they are asked only where nothing else separates anything.
  if (delimiter === null && plain.every(({ score }) => score === 0)) {
    const blank = read({ delimiter: ' ', quote: '"', escape: '"' });
    if (blank.score >= 900) plain.push(blank);
  }
  const hasBackslash = sample.includes('\\"');
  const others = plain.flatMap((reading): Reading[] => [
    ...(hasBackslash ? [read({ ...reading.marks, escape: '\\' })] : []),
    ...(reading.records.every(({ quoted, badCell }) => quoted === 0 && badCell === 0)
      ? singleQuoted(read, reading)
      : []),
  ]);
  // Sorting is stable: a reading that is as good as one before it stays behind it.
  return [...plain, ...others].sort((left, right) => right.score - left.score);
}

/** Share by which single quotes must fit better where some of them do not close their cell, in thousandths. */
const singleQuoteGain = 50;

function singleQuoted(read: (marks: CsvMarks) => Reading, plain: Reading): Reading[] {
  return (["'", '\\'] as const)
    .map((escape) => read({ delimiter: plain.marks.delimiter, quote: "'", escape }))
    .filter(({ records, score }) => score > 0 && records.some(({ quoted }) => quoted > 0))
    .filter(({ records, score }) => areWhole(records) || score > plain.score + singleQuoteGain)
    .map((reading) => ({ ...reading, score: reading.score + 0.5 }));
}

/** No quote that opens a cell and does not close it: "'tis" is no quoted text. */
function areWhole(records: readonly SampleRecord[]): boolean {
  return records.every(({ badCell }) => badCell === 0);
}

function fitOf(records: readonly SampleRecord[]): { readonly width: number; readonly score: number } {
  const filled = records.filter(({ isBlank }) => !isBlank);
  const counts = new Map<number, number>();
  for (const { count, badCell } of filled) if (badCell === 0) counts.set(count, (counts.get(count) ?? 0) + 1);
  let width = filled[0]?.count ?? 0;
  for (const [count, times] of counts) if (times > (counts.get(width) ?? 0)) width = count;
  if (width < 2) return { width, score: 0 };
  const share = (counts.get(width) ?? 0) / filled.length;
  return { width, score: share * 1_000 + Math.min(width, 999) / 10_000 };
}
