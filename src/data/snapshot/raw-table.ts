import type { DataFormat, TextEncoding } from '../../domain/spec/closed-sets.ts';
import { isPerennialError, PerennialError } from '../../domain/words/errors.ts';

/** A table as it came, and how much of it is wanted. */
export interface RawTable {
  readonly path: string;
  /** What messages call it. */
  readonly name: string;
  readonly format: DataFormat;
  /** The encoding that was declared; absent finds it. */
  readonly encoding?: TextEncoding;
  /** Only so many first rows of it count; null takes all. */
  readonly rowsMax: number | null;
  /** Names what has been read of the source once this table is. */
  readonly sourceDigest: string;
  /** SHA-256 of its bytes, where the source names them; absent scans a text anew after a kill. */
  readonly contentDigest?: string;
  /** Where the source is to be opened next; absent where that is `sourceDigest`. */
  readonly cursor?: string;
  /** Which source of a union it comes from; absent where there is one. */
  readonly member?: string;
  /** What its source says of it, one sentence each. */
  readonly notes?: readonly string[];
}

/** The engine names the path that it reads, which may be a place in the artifact store that nobody knows. */
export function calledByName(error: unknown, { path, name }: RawTable): unknown {
  if (path === name || !isPerennialError(error) || !error.message.includes(path)) return error;
  const { code, hint } = error;
  return new PerennialError(code, error.message.replaceAll(path, name), {
    hint,
    path: (error.path ?? name).replaceAll(path, name),
    cause: error,
  });
}
