import type { DataFormat, RewriteAction, TextEncoding, TrafficUse } from '../../domain/spec/closed-sets.ts';
import type {
  KafkaSource,
  MemberSource,
  PostgresSource,
  PushSource,
  SecretNames,
  UnionSource,
} from '../../domain/spec/source-spec.ts';
import { written } from './written.ts';

interface Freshness {
  /** How long nothing new may come, in milliseconds, before the alert `source-behind` rings; none by default. */
  readonly freshMs?: number;
}

interface FileOptions extends Freshness {
  /** Take only the first rows of the file, in file order. */
  readonly rowsMax?: number;
  /** `ignore` for an export that already holds the labelled traffic; `append` (the default) adds it for a training. */
  readonly traffic?: TrafficUse;
}

interface ObjectsOptions extends Freshness {
  readonly format: DataFormat;
  /** Which of them: `*` within a step of the path, `**` over steps; the usual endings of the format by default. */
  readonly pattern?: string;
  /** `report` (the default) tells of an object that was written again; `retake` also reads everything anew. */
  readonly onRewrite?: RewriteAction;
  readonly traffic?: TrafficUse;
}

interface FolderOptions extends ObjectsOptions {
  /** A file that has changed within so many milliseconds may still be written; 10,000 by default. */
  readonly settleMs?: number;
}

interface BucketOptions extends ObjectsOptions {
  /** `https://minio.example:9000`; without it, AWS. */
  readonly endpoint?: string;
  readonly region?: string;
  /** Names of secrets, never the secrets; without it the standard chain of the worker (environment, profile, role). */
  readonly credentials?: SecretNames;
}

interface TextOptions extends FileOptions {
  /** Of the bytes, where it is known (default: found over the whole file, and said in the snapshot). */
  readonly encoding?: TextEncoding;
}

/** Text with a header line; the path is relative to the folder that Perennial was started in, or absolute. */
export function csv(path: string, options: TextOptions = {}): MemberSource {
  return file('csv', path, options);
}

/** One JSON object per line. */
export function ndjson(path: string, options: TextOptions = {}): MemberSource {
  return file('ndjson', path, options);
}

/** A Parquet file; the path as of `csv`. */
export function parquet(path: string, options: FileOptions = {}): MemberSource {
  return file('parquet', path, options);
}

/** A folder whose files are each read once, in the order of their names; those that come are added. */
export function folder(path: string, options: FolderOptions): MemberSource {
  return { kind: 'folder', path, ...options };
}

/** Objects of an S3-compatible store below `s3://bucket/prefix/`, read as those of a folder are. */
export function s3(url: string, options: BucketOptions): MemberSource {
  return { kind: 's3', url, ...options };
}

function file(format: DataFormat, path: string, options: TextOptions): MemberSource {
  // Those of another source may be given whole: its place is not taken from it.
  return { ...written(options, format), kind: 'file', path, format };
}

type PostgresDeclaration = Omit<PostgresSource, 'kind'>;

/**
 * What one query of a Postgres database answers, read on from its cursor, or whole without one. The URL of the database
 * stands in a secret of the worker, under the name given here: see docs/operations.md.
 */
export function postgres(declared: PostgresDeclaration): MemberSource {
  return { kind: 'postgres', ...declared };
}

type KafkaDeclaration = Omit<KafkaSource, 'kind'>;

/**
 * The messages of a topic of Kafka, each a row, read on from where the newest snapshot ends. Brokers at private
 * addresses, and the secrets that a login is named by, are the worker's: see docs/operations.md.
 */
export function kafka(declared: KafkaDeclaration): MemberSource {
  return { kind: 'kafka', ...declared };
}

/**
 * Rows that programs send to the inference port, at `POST /v1/models/{name}/rows` (of a view:
 * `/v1/views/{name}/rows`): `perennial push` and the client's `pushRows` do. They are kept for good, in the order in
 * which they came.
 */
export function push(options: Omit<PushSource, 'kind'> = {}): MemberSource {
  return { kind: 'push', ...options };
}

interface UnionOptions extends Freshness {
  readonly traffic?: TrafficUse;
}

/**
 * Two to eight sources of the same columns as one history, each under a name: `{ shop: postgres(…), live: push() }`.
 * Each must be one that is read on from where it was read to: no file, no query without a cursor.
 */
export function union(members: Readonly<Record<string, MemberSource>>, options: UnionOptions = {}): UnionSource {
  return { kind: 'union', members, ...options };
}
