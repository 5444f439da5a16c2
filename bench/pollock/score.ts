// The measures of the Pollock benchmark (its pollock/metrics.py): success, and precision, recall and F1 of the header,
// of the records and of the cells, each between 0 and 1.

export type Table = readonly (readonly string[])[];

export const measures = [
  'success',
  'headerPrecision',
  'headerRecall',
  'headerF1',
  'recordPrecision',
  'recordRecall',
  'recordF1',
  'cellPrecision',
  'cellRecall',
  'cellF1',
] as const;
type Measure = (typeof measures)[number];
export type Measures = Readonly<Record<Measure, number>>;

/** What a file scores that was not read. */
export const notRead: Measures = measuresOf(0, [0, 0, 0], [0, 0, 0], [0, 0, 0]);

/** Compares a table as it was read with the clean one, header first in both. */
export function scoreTable(clean: Table, read: Table): Measures {
  if (clean.length === 0) return measuresOf(1, [1, 1, 1], [1, 1, 1], [1, 1, 1]);
  const [cleanHeader = [], ...cleanRows] = clean;
  const [readHeader = [], ...readRows] = read;
  // A record is all of its cells in one text, as the benchmark has it.
  const recordsOf = (rows: Table) => rows.map((row) => row.map(normalCell).join(''));
  return measuresOf(
    1,
    overlap(cleanHeader.map(normalCell), readHeader.map(normalCell)),
    overlap(recordsOf(cleanRows), recordsOf(readRows)),
    // Cells are compared as they stand, the header among them.
    overlap(clean.flat(), read.flat()),
  );
}

type Overlap = readonly [precision: number, recall: number, f1: number];

/** Named as in the benchmark, which divides by the clean side for the precision. */
function overlap(clean: readonly string[], read: readonly string[]): Overlap {
  if (clean.length === 0) return [1, 1, 1];
  const left = new Map<string, number>();
  for (const text of clean) left.set(text, (left.get(text) ?? 0) + 1);
  let shared = 0;
  for (const text of read) {
    const count = left.get(text) ?? 0;
    if (count === 0) continue;
    left.set(text, count - 1);
    shared++;
  }
  if (shared === 0) return [0, 0, 0];
  const precision = shared / clean.length;
  const recall = shared / read.length;
  return [precision, recall, ((precision * recall) / (precision + recall)) * 2];
}

/**
 * One writing for cells that mean the same: whole numbers, decimals, truths, and texts in lower case. The benchmark
 * joins different writings of dates and prices as well; here they stay apart, so a score is never above its own.
 */
export function normalCell(cell: string): string {
  if (cell === '') return '';
  const text = cell.trim();
  if (/^(true|false)$/i.test(text)) return text.toLowerCase() === 'true' ? '1' : '0';
  if (/^[+-]?\d+$/.test(text)) return BigInt(text).toString();
  if (/^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/.test(text)) return String(Number(text));
  return cell.toLowerCase();
}

function measuresOf(success: number, header: Overlap, record: Overlap, cell: Overlap): Measures {
  return {
    success,
    headerPrecision: header[0],
    headerRecall: header[1],
    headerF1: header[2],
    recordPrecision: record[0],
    recordRecall: record[1],
    recordF1: record[2],
    cellPrecision: cell[0],
    cellRecall: cell[1],
    cellF1: cell[2],
  };
}

/** The sum of the ten means: at most 10. */
export function simpleScore(files: readonly Measures[]): number {
  const sum = files.reduce((all, file) => all + measures.reduce((one, measure) => one + file[measure], 0), 0);
  return files.length === 0 ? 0 : sum / files.length;
}
