import type { Compression, DataFormat, TextEncoding } from '../../domain/spec/closed-sets.ts';
import type { CommaMeaning } from '../text/number-marks.ts';
import type { CsvPlan } from '../text/plan-csv.ts';
import type { ColumnTraits, CsvMarks } from '../text/scan-record.ts';
import type { TextTally } from '../text/text-tally.ts';

/** How the rows of a CSV file are written, as it was found over the whole of it. */
export interface CsvDialect extends CsvMarks {
  readonly columns: readonly string[];
  /** Of each column, what commas in its numbers mean: `3,14` or `1,234`. */
  readonly commas: readonly CommaMeaning[];
  /** Of each column, what has to be looked for in its cells. */
  readonly traits: readonly Readonly<ColumnTraits>[];
}

/** A file that is known to be a table, by its first bytes. */
export interface TableFile {
  readonly path: string;
  /** What people call it, where the path is only a place in the artifact store. */
  readonly name: string;
  readonly format: DataFormat;
  readonly compression: Compression;
  /** `utf-8` for Parquet. */
  readonly encoding: TextEncoding;
  /** Whether the encoding is said by the file or its declaration, so that nothing is left to find out. */
  readonly isEncodingSure: boolean;
  readonly bytes: number;
  /** Ways to read a CSV file, best first; empty for other formats. */
  readonly plans: readonly CsvPlan[];
}

export interface TableColumn {
  readonly name: string;
  /** DuckDB's type in Parquet; VARCHAR for CSV, JSON for NDJSON. */
  readonly type: string;
}

/** The rows of a text file in a file of our own, which no reader can take otherwise, and what was set aside. */
export interface TableText {
  /** In order; all but the last hold `rowsPerFile` rows. */
  readonly rowsPaths: readonly string[];
  readonly rowsPerFile: number;
  readonly rejectsPath: string;
  readonly tally: TextTally;
  /** What was found and decided, one sentence each. */
  readonly notes: readonly string[];
}

/** What the engine calls the place of a row in a Parquet file; a column of that name would stand in its way. */
export const rowPlace = 'file_row_number';

/** A Parquet file in parts: ranges of its rows. */
export interface RowRanges {
  readonly rows: number;
  /** All but the last hold so many. */
  readonly rowsPerPart: number;
}

/** A table file with its columns. */
export interface OpenTable extends TableFile {
  readonly columns: readonly TableColumn[];
  /** Rows after this many readable ones are not looked at; null looks at all. */
  readonly rowsMax: number | null;
  /** For NDJSON: whether some line has a key twice, of which a reader would take one value and lose the other. */
  readonly hasKeysTwice: boolean;
  /** For CSV only. */
  readonly csv: CsvDialect | null;
  /** Null for Parquet, which has no lines. */
  readonly text: TableText | null;
  /** Null for text, whose parts are its files, and where a column of the file bears the name that ranges need. */
  readonly ranges: RowRanges | null;
  /** Removes the files of `text`; the table cannot be read afterwards. */
  close(): Promise<void>;
}

/** How many parts there are to check one by one; one where nothing can be cut. */
export function partsIn({ text, ranges }: Pick<OpenTable, 'text' | 'ranges'>): number {
  if (text !== null) return text.rowsPaths.length;
  return ranges === null ? 1 : Math.max(1, Math.ceil(ranges.rows / ranges.rowsPerPart));
}

/** At most so many rows are read of it; infinitely many where nothing says how many it has. */
export function rowsIn({ text, ranges, rowsMax }: Pick<OpenTable, 'text' | 'ranges' | 'rowsMax'>): number {
  return Math.min(rowsMax ?? Infinity, text?.tally.account.rows ?? ranges?.rows ?? Infinity);
}
