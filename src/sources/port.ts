import type { DataFormat } from '../domain/spec/closed-sets.ts';

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
}

/** One table of rows as it came, in a file of the reader's folder: nothing in it has been interpreted yet. */
export interface SourceBatch {
  /** What people call it: a path, a key of a bucket, a stretch of a topic. Never a secret. */
  readonly name: string;
  /** Where it lies, until the reader removes its folder. */
  readonly path: string;
  readonly format: DataFormat;
  /** Only so many first rows of it count; null takes all. */
  readonly rowsMax: number | null;
  /** `whole` replaces all that was read before; `addition` continues what was read up to the cursor. */
  readonly covers: 'whole' | 'addition';
  /**
   * Names what has been read once this batch is. After the last batch it is the digest that `identify` gives, unless
   * the source has changed meanwhile: so a reader that finds it again knows that there is nothing new.
   */
  readonly sourceDigest: string;
  /** Where to open next time. */
  readonly next: Cursor;
}

/** How much lies behind a cursor, unread. */
interface SourceLag {
  readonly unread: number;
  readonly unit: 'bytes' | 'rows' | 'files' | 'records';
}

/** A declared source, within reach. Throws invalid_data with one sentence when what it names cannot be read. */
export interface Source {
  /** Throws invalid_data when this source may not be read for this model; what is only absent passes. */
  refuseForeign(): Promise<void>;
  identify(): Promise<SourceIdentity>;
  /**
   * What lies behind the cursor, in order and in bounded memory; nothing when there is nothing new. Batches are laid
   * into `folder`, which belongs to the reader.
   */
  open(from: Cursor | null, folder: string): AsyncIterable<SourceBatch>;
  lag(from: Cursor | null): Promise<SourceLag>;
}

/** What a source may use of this machine. */
export interface SourcePlace {
  /** Folders and files, absolute, below which alone files are read; a relative path starts from the first of them. */
  readonly roots: readonly string[];
  /** The state folder of this installation, of which nothing but tables is read; absent where none is known. */
  readonly stateDir?: string;
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
  connect(spec: Spec, place: SourcePlace): Source;
}
