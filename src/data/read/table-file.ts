import type { DataFormat } from '../../domain/spec/closed-sets.ts';
import type { CsvDialect } from './sniff-csv.ts';

/** A file that is known to be a table, and how to read it. */
export interface TableFile {
  readonly path: string;
  /** What people call it, where the path is only a place in the artifact store. */
  readonly name: string;
  readonly format: DataFormat;
  readonly isGzip: boolean;
  readonly bytes: number;
  /** For CSV only. */
  readonly csv: CsvDialect | null;
}

export interface TableColumn {
  readonly name: string;
  /** DuckDB's type in Parquet; VARCHAR for CSV, JSON for NDJSON. */
  readonly type: string;
}

/** A table file with its columns. */
export interface OpenTable extends TableFile {
  readonly columns: readonly TableColumn[];
  /** Rows after this many readable ones are not looked at; null looks at all. */
  readonly rowsMax: number | null;
}
