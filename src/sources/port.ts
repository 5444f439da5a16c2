import type { ArtifactStore } from '../artifacts/artifact-store.ts';
import type { LagUnit, SourceFindingKind } from '../domain/record/closed-sets.ts';
import type { DataFormat, TextEncoding } from '../domain/spec/closed-sets.ts';
import type { PushedRows } from './push/pushed-rows.ts';

/**
 * How far a source has been read. The text belongs to the kind that wrote it (the digest of a file, the last value of a
 * column, the offsets of a topic) and everybody else only carries it. Null stands for the beginning.
 */
export type Cursor = string;

/** What is there now. The same digest means that nothing has changed, so nothing has to be read. */
export interface SourceIdentity {
  readonly digest: string;
  /** Null where nobody can say without reading everything. */
  readonly bytes: number | null;
  /** What a person should know of it although it can be read; absent means nothing. */
  readonly findings?: readonly SourceFinding[];
  /** What lies unread behind the cursor, where naming the source says it; absent asks `lag`. */
  readonly lag?: SourceLag;
  /** How each source of a union stands; absent where there is one. */
  readonly members?: readonly MemberState[];
}

/** One source of a union as it was found. */
export interface MemberState {
  readonly name: string;
  /** Names what it holds; null where it cannot be read, and where nothing was ever found in it. */
  readonly digest: string | null;
  /** Null where nobody can say, and where it cannot be read. */
  readonly lag: SourceLag | null;
  /** Why it cannot be read now; null where it can. */
  readonly problem: string | null;
  /** Objects of it that came late. */
  readonly late: number;
}

/** Objects of a source that are not, or were not, read as one would expect. */
export interface SourceFinding {
  readonly kind: SourceFindingKind;
  readonly count: number;
  /** The first of them, as people call them. */
  readonly names: readonly string[];
}

/** One table of rows as it came, in a file of the reader's folder: nothing in it has been interpreted yet. */
export interface SourceBatch {
  /** What people call it: a path, a key of a bucket, a stretch of a topic. Never a secret. */
  readonly name: string;
  /** Where it lies, until the reader removes its folder. */
  readonly path: string;
  readonly format: DataFormat;
  /** The declared encoding of text; absent finds it. */
  readonly encoding?: TextEncoding;
  /** Only so many first rows of it count; null takes all. */
  readonly rowsMax: number | null;
  /** `whole` replaces all that was read before; `addition` continues what was read up to the cursor. */
  readonly covers: 'whole' | 'addition';
  /**
   * Names what has been read once this batch is. After the last batch it is the digest that `identify` gives, unless
   * the source has changed meanwhile: so a reader that finds it again knows that there is nothing new.
   */
  readonly sourceDigest: string;
  /** SHA-256 of the bytes of the file; absent where the same stretch, read again, may give others. */
  readonly contentDigest?: string;
  /** Where to open next time. */
  readonly next: Cursor;
  /** Which source of a union it comes from; absent where there is one. */
  readonly member?: string;
  /** Of a union: says that the contract refused it. Its source stays where it was, and the others are read on. */
  readonly refuse?: () => void;
  /** What a person should know of how it was read, one sentence each; absent where there is nothing. */
  readonly notes?: readonly string[];
}

/** How much lies behind a cursor, unread. */
export interface SourceLag {
  readonly unread: number;
  /** True where nothing was counted beyond this. */
  readonly isAtLeast?: boolean;
  readonly unit: LagUnit;
  /** Only where its newest row is older than was declared: how old it is, by the clock of the source. */
  readonly stale?: { readonly ageMs: number; readonly freshMs: number };
}

/** A declared source, within reach. Throws invalid_data with one sentence when what it names cannot be read. */
export interface Source {
  /** Throws invalid_data when this source may not be read for this model; what is only absent passes. */
  refuseForeign(): Promise<void>;
  /**
   * `from` is where it has been read to. A source that is read on from there gives the digest that the last batch
   * behind it would have, or of that place while nothing lies behind it, whatever was removed before it; a file answers
   * the same whatever the cursor.
   */
  identify(from?: Cursor | null): Promise<SourceIdentity>;
  /**
   * What lies behind the cursor, in order and in bounded memory; nothing when there is nothing new. Batches are laid
   * into `folder`, which belongs to the reader.
   */
  open(from: Cursor | null, folder: string): AsyncIterable<SourceBatch>;
  /**
   * The first rows alone, at most so many, read as `open` reads them; null when there are none. Absent where the first
   * batch of `open` will do.
   */
  sample?(rowsMax: number, folder: string): Promise<SourceBatch | null>;
  /** Null where nobody can say without reading everything. */
  lag(from: Cursor | null): Promise<SourceLag | null>;
}

/** What a source may use of this machine. */
export interface SourcePlace {
  /** Folders and files, absolute, below which alone files are read; a relative path starts from the first of them. */
  readonly roots: readonly string[];
  /** The state folder of this installation, of which nothing but tables is read; absent where none is known. */
  readonly stateDir?: string;
  /**
   * The secret of this name, for this model. Throws invalid_data with both places where it is looked for; absent where
   * this process is given none.
   */
  readonly secret?: (name: string) => Promise<string>;
  /**
   * `host:port` that may be reached although it is a private address; with `/database` behind it also one that holds
   * an installation of Perennial. Default none.
   */
  readonly privateHosts?: readonly string[];
  /** Keeps what a cursor names by digest, as long as a snapshot holds the cursor; absent where nothing is read. */
  readonly store?: Pick<ArtifactStore, 'readBytes' | 'putBytes'>;
  /** Rows that were pushed to the model; absent in a process that only checks a definition. */
  readonly pushed?: PushedRows;
  /** `s3://bucket/prefix/` below which alone objects are read; absent and empty read none. */
  readonly buckets?: readonly string[];
}

/** An SDK word and its arguments: how a definition file declares a source. */
export interface SourceDeclaration {
  readonly word: string;
  readonly args: readonly unknown[];
}

/** One kind of source. Methods, so that the registry may hold drivers of different specs in one record. */
export interface SourceDriver<Spec> {
  /** One line for people. */
  describe(spec: Spec): string;
  declare(spec: Spec): SourceDeclaration;
  /** A cursor as people read it; absent, or null, where it says them nothing. */
  sayCursor?(spec: Spec, cursor: Cursor): string | null;
  /** What a person should know before relying on it, a sentence each; absent where there is nothing. */
  caveats?(spec: Spec): readonly string[];
  /** Names of the secrets that it needs; absent where it needs none. */
  secretsOf?(spec: Spec): readonly string[];
  connect(spec: Spec, place: SourcePlace): Source;
}
