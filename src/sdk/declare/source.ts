import type { DataFormat, TrafficUse } from '../../domain/spec/closed-sets.ts';
import type { PostgresSource, SourceSpec } from '../../domain/spec/source-spec.ts';

interface SourceOptions {
  /** Take only the first rows of the file, in file order. */
  readonly rowsMax?: number;
  /** `ignore` for an export that already holds the labelled traffic; `append` (the default) adds it for a training. */
  readonly traffic?: TrafficUse;
}

/** Text with a header line; the path is relative to the folder that Perennial was started in, or absolute. */
export function csv(path: string, options: SourceOptions = {}): SourceSpec {
  return file('csv', path, options);
}

/** One JSON object per line. */
export function ndjson(path: string, options: SourceOptions = {}): SourceSpec {
  return file('ndjson', path, options);
}

export function parquet(path: string, options: SourceOptions = {}): SourceSpec {
  return file('parquet', path, options);
}

function file(format: DataFormat, path: string, { rowsMax, traffic }: SourceOptions): SourceSpec {
  return {
    kind: 'file',
    path,
    format,
    ...(rowsMax === undefined ? {} : { rowsMax }),
    ...(traffic === undefined ? {} : { traffic }),
  };
}

type PostgresDeclaration = Omit<PostgresSource, 'kind'>;

/**
 * What one query of a Postgres database answers, read on from its cursor, or whole without one. The URL of the database
 * stands in a secret of the worker, under the name given here: see docs/operations.md.
 */
export function postgres(declared: PostgresDeclaration): SourceSpec {
  return { kind: 'postgres', ...declared };
}
