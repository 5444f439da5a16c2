import type { Json } from '../words/canonical.ts';
import type { DataFormat, RewriteAction, SaslMechanism, TextEncoding, TlsUse, TrafficUse } from './closed-sets.ts';

/** Where history comes from: one member per kind, told apart by `kind`; src/sources reads each of them. */
export type SourceSpec = MemberSource | UnionSource;
export type SourceKind = SourceSpec['kind'];

/** A source that may also be one of several. */
export type MemberSource = FileSource | FolderSource | S3Source | PostgresSource | PushSource | KafkaSource;

interface SourceBase {
  /**
   * Whether labelled traffic is added to it for a training (default `append`); `ignore` for an export that holds it
   * already.
   */
  readonly traffic?: TrafficUse;
  /**
   * How long nothing new may come (ms, a minute to 366 days) before the alert `source-behind` rings, whatever the kind;
   * absent rings none.
   */
  readonly freshMs?: number;
}

/** A file on the machine of the worker; `path` is absolute, or relative to the first source root of the model. */
export interface FileSource extends SourceBase {
  readonly kind: 'file';
  readonly path: string;
  readonly format: DataFormat;
  /** Take only the first rows of the file (in file order) as history; absent takes all. */
  readonly rowsMax?: number;
  /**
   * How the bytes of a CSV or NDJSON file become characters. Absent, it is found: a byte order mark, UTF-16 by its
   * zeros, Windows-1252 where more rows are not UTF-8 than are, else UTF-8. A byte order mark in the file wins.
   */
  readonly encoding?: TextEncoding;
}

/** Rows that programs send to the inference port, at `POST /v1/models/{name}/rows` or `/v1/views/{name}/rows`. */
export interface PushSource extends SourceBase {
  readonly kind: 'push';
  /** Rows of one batch, which is checked as a whole and not read again once it is stored (default 100,000). */
  readonly batchRows?: number;
}

/**
 * Several sources of the same columns that make one history: each is read on from where it was read to, and one that
 * cannot be read now keeps no other from being read.
 */
export interface UnionSource extends SourceBase {
  readonly kind: 'union';
  /** By name, 2 to 8, in whose order they are read. Each is read on, none whole; at most one takes pushed rows. */
  readonly members: Readonly<Record<string, MemberSource>>;
}

/** The sources that rows come from; a source that is no union has one, without a name. */
export function membersOf(source: SourceSpec): readonly (readonly [name: string | null, member: MemberSource])[] {
  return source.kind === 'union' ? unionMembersOf(source) : [[null, source]];
}

/** In the order of their names, in which they are read: a stored definition does not keep that of its members. */
export function unionMembersOf({ members }: UnionSource): readonly (readonly [name: string, member: MemberSource])[] {
  return Object.entries(members).sort(([left], [right]) => (left < right ? -1 : 1));
}

/** Whether rows of this source are sent over HTTP, some of them or all. */
export function takesPushedRows(source: SourceSpec): boolean {
  return membersOf(source).some(([, member]) => member.kind === 'push');
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
  return membersOf(source).every(([, member]) => {
    if (member.kind === 'postgres') return 'cursor' in member || 'version' in member;
    return member.kind !== 'file';
  });
}

/**
 * True for a source that every reading takes whole, so that it supersedes what was read before. Another one is read on
 * from where it was, and gives no row twice under one definition.
 */
export function isReadWhole(source: SourceSpec): boolean {
  return source.kind === 'file' || (source.kind === 'postgres' && !('cursor' in source));
}

/** Whether its first rows are found within seconds, without a place in it that somebody else waits for. */
export function isSoonSampled(source: SourceSpec): boolean {
  const first = membersOf(source)[0]?.[1] ?? source;
  return first.kind === 'file' || first.kind === 'folder' || first.kind === 's3' || first.kind === 'postgres';
}

/** Whether somebody wants to hear of it when nothing new comes: then it is looked at, whatever that costs. */
export function isFreshnessDeclared(source: SourceSpec): boolean {
  return source.freshMs !== undefined || membersOf(source).some(([, { freshMs }]) => freshMs !== undefined);
}

/** Many objects of one format, each read once: those that come are added to the history. */
interface ObjectsSource extends SourceBase {
  readonly format: DataFormat;
  /**
   * Which keys below the folder or prefix: `*` and `?` within a step, `**` over steps (default: the usual endings of
   * the format).
   */
  readonly pattern?: string;
  /**
   * When an object that was taken has other bytes (default `report`): its new rows are not read, and an alert names it;
   * `retake` reads everything anew.
   */
  readonly onRewrite?: RewriteAction;
}

/** A folder on the machine of the worker; `path` is absolute, or relative to the first source root of the model. */
export interface FolderSource extends ObjectsSource {
  readonly kind: 'folder';
  readonly path: string;
  /** A file that changed within so many milliseconds may still be written, and waits (default 10,000). */
  readonly settleMs?: number;
}

/** Objects of an S3-compatible store. */
export interface S3Source extends ObjectsSource {
  readonly kind: 's3';
  /** `s3://bucket/prefix/`. */
  readonly url: string;
  /** Of the store, where it is not AWS. */
  readonly endpoint?: string;
  readonly region?: string;
  readonly credentials?: SecretNames;
}

/** Names under which the installation keeps the parts of a credential. */
export interface SecretNames {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

/** The messages of a topic of Kafka, one row each, read on from the offsets of its partitions. */
export interface KafkaSource extends SourceBase {
  readonly kind: 'kafka';
  /** `host:port` of some of its brokers; the others are learnt from them. */
  readonly brokers: readonly string[];
  readonly topic: string;
  /** How the value of a message is read: one JSON object, or Avro of a declared schema. */
  readonly format: 'json' | AvroFormat;
  /**
   * Where a partition is begun: at the first message that is there (default `earliest`), or at the first one of this
   * time or later (ISO 8601 with a zone).
   */
  readonly startAt?: string;
  /** The column that the text of the key comes into; absent leaves the key out. */
  readonly keyColumn?: string;
  /** The column that the time of the message comes into, by the producer or the broker as the topic is set. */
  readonly timeColumn?: string;
  /** Default: TLS where a broker has an address of the internet, none where it has a private one. */
  readonly tls?: TlsUse;
  /**
   * Where the certificates (PEM) of the authority are that signed those of the brokers: the name of a secret, or a file
   * within the source roots. It alone is trusted then, and TLS is spoken also to private addresses. Absent trusts what
   * Node does.
   */
  readonly ca?: string | { readonly path: string };
  /** With which a broker is shown who asks; TLS is spoken also to private addresses. Absent shows none. */
  readonly clientCertificate?: ClientCertificate;
  readonly credentials?: KafkaCredentials;
  /** A group whose offsets are set behind what was read, for people's tools; they are never read. Absent sets none. */
  readonly group?: string;
  /** Messages of one batch, which is checked as a whole and not read again once it is stored (default 100,000). */
  readonly batchRows?: number;
}

/** Names of secrets that hold, in PEM, a certificate with what signed it, and its key without a pass phrase. */
export interface ClientCertificate {
  readonly certificate: string;
  readonly key: string;
}

/** Names under which the installation keeps the parts of a login. */
interface KafkaCredentials {
  readonly username: string;
  readonly password: string;
  /** Default `scram-sha-512`. */
  readonly mechanism?: SaslMechanism;
}

/** Avro, alone or behind the five bytes of a schema registry, whose id is not looked at. */
export interface AvroFormat {
  /** A schema of a record, as Avro writes it in JSON. */
  readonly avro: { readonly [member: string]: Json };
  /** Whether those five bytes are there; absent tells it of each message. */
  readonly framing?: 'registry' | 'none';
  /**
   * Schemas that messages were written by, by their id in a registry (1 to 100 of them): each message is read by its
   * own and brought to `avro`. One of another id is set aside. Absent reads all by `avro`.
   */
  readonly writers?: { readonly [id: string]: { readonly [member: string]: Json } };
}
