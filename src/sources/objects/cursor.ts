import { z } from 'zod';
import { sha256 } from '../../artifacts/digest.ts';
import { PerennialError } from '../../domain/words/errors.ts';
import type { Cursor } from '../port.ts';

/**
 * How far a source of objects has been read. Its length does not grow with the objects: what was taken stands in files
 * of the artifact store, of which a logarithm of their number is named here.
 */
export interface ObjectsCursor {
  /** A chain over what was taken, in the order of taking; it names the source as it was read. */
  readonly digest: string;
  /** The largest key that was taken: whatever sorts before it and is new is late. */
  readonly lastKey: string | null;
  readonly count: number;
  /** Files of the record of what was taken, oldest and largest first. */
  readonly segments: readonly Segment[];
}

interface Segment {
  /** It holds 8 to the power of this many entries. */
  readonly level: number;
  readonly sha256: string;
}

const schema = z.strictObject({
  v: z.literal(1),
  digest: z.string(),
  lastKey: z.string().nullable(),
  count: z.int().min(0),
  segments: z.array(z.strictObject({ level: z.int().min(0), sha256: z.string() })),
});

export const emptyCursor: ObjectsCursor = {
  digest: sha256('a source of objects'),
  lastKey: null,
  count: 0,
  segments: [],
};

export function readCursor(text: Cursor | null): ObjectsCursor {
  if (text === null) return emptyCursor;
  const parsed = schema.safeParse(jsonOf(text));
  if (parsed.success) return parsed.data;
  throw new PerennialError('internal', 'The cursor of a source of objects cannot be read.', { path: 'source' });
}

export function writeCursor({ digest, lastKey, count, segments }: ObjectsCursor): Cursor {
  return JSON.stringify({ v: 1, digest, lastKey, count, segments });
}

/** The next link of the chain. */
export function chainOf(digest: string, { key, mark }: { readonly key: string; readonly mark: string }): string {
  return sha256(JSON.stringify([digest, key, mark]));
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
