/** One object of a folder or of a bucket, as a list names it: nothing of its bytes has been read. */
export interface ListedObject {
  /** Unique among them, below the folder or prefix. It may hold any character, and is no path. */
  readonly key: string;
  readonly bytes: number;
  /** Changes when the object is written again: size and time of a file, size and ETag of an object of a bucket. */
  readonly mark: string;
  /** False while somebody may still be writing it: it is looked at again next time. */
  readonly isSettled: boolean;
}

/** Many objects of one format behind one source: what a folder and a bucket have in common. */
export interface Objects {
  /** What people call an object, or all of them (null). Never a secret, never a control character. */
  nameOf(key: string | null): string;
  /** Throws invalid_data when they may not be read for this model; what is only absent passes. */
  refuseForeign(): Promise<void>;
  /** All of them, in the order of their keys; more than `objectsMax` are refused. */
  list(): Promise<readonly ListedObject[]>;
  /**
   * The digest of an object, whose bytes go into a file meanwhile (null keeps nothing). Null when it is gone or is
   * another one by now than was listed; what was written of it then counts for nothing.
   */
  read(object: ListedObject, file: string | null): Promise<string | null>;
}

/** More objects are no history that is read one by one; a list, and the record of what was taken, stay small. */
export const objectsMax = 100_000;

/** By the bytes of UTF-8, as buckets list them: the same order on every machine and in every language. */
export function compareKeys(left: string, right: string): number {
  return Buffer.compare(Buffer.from(left), Buffer.from(right));
}
