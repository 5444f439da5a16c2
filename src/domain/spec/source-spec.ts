import type { DataFormat, TrafficUse } from './closed-sets.ts';

/** Where history comes from: one member per kind, told apart by `kind`; src/sources reads each of them. */
export type SourceSpec = FileSource | PostgresSource;
export type SourceKind = SourceSpec['kind'];

interface SourceBase {
  /**
   * Whether labelled traffic is added to it for a training (default `append`); `ignore` for an export that holds it
   * already.
   */
  readonly traffic?: TrafficUse;
}

/** A file on the machine of the worker; `path` is absolute, or relative to the first source root of the model. */
export interface FileSource extends SourceBase {
  readonly kind: 'file';
  readonly path: string;
  readonly format: DataFormat;
  /** Take only the first rows of the file (in file order) as history; absent takes all. */
  readonly rowsMax?: number;
}

/** What one query of a Postgres database answers. */
export interface PostgresSource extends SourceBase {
  readonly kind: 'postgres';
  /** Name of the secret that holds the URL of the database; never the URL. */
  readonly secret: string;
  /** One SELECT, without a semicolon. */
  readonly query: string;
  /** Read on from the last row; without it the query is read whole each time. */
  readonly cursor?: PostgresCursor;
  /** For a query without a cursor: one SELECT of one value that changes whenever the rows do. */
  readonly version?: string;
  /** Rows of one batch, which is checked as a whole and not read again once it is stored (default 100,000). */
  readonly batchRows?: number;
  /** Longest time of one statement on that server (default 300,000). */
  readonly timeoutMs?: number;
}

/** The order in which rows are read on. Together both columns name one row. */
export interface PostgresCursor {
  /** Never smaller for a row that is written later, but for what commits late: see the overlap. */
  readonly column: string;
  /** Tells apart rows of one value of the column: mostly the primary key; the same column where that is unique. */
  readonly tieBreaker: string;
  /** For a column of times: how late a row may be committed (default 60,000). */
  readonly overlapMs?: number;
  /** For any column: among how many newest rows one may appear late (default 1,000 where it is not a time). */
  readonly overlapRows?: number;
  /** For a column of times: how old the newest row may be before an alert rings; absent rings none. */
  readonly freshMs?: number;
}

/**
 * True for a source that says at little cost whether it holds anything new: it is looked at all the time. Another one
 * is read whole for that, so it is looked at only where a change of it starts a training.
 */
export function isCheapToName(source: SourceSpec): boolean {
  return source.kind === 'postgres' && ('cursor' in source || 'version' in source);
}
