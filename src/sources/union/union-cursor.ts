import { z } from 'zod';
import { digestOfJson } from '../../artifacts/digest.ts';
import { canonicalJson } from '../../domain/words/canonical.ts';
import { PerennialError } from '../../domain/words/errors.ts';
import type { Cursor } from '../port.ts';

/** How far one member has been read: the cursor that it wrote, and the digest of what was read then. */
export interface MemberPlace {
  readonly cursor: Cursor;
  readonly digest: string;
}

/** By the names of members; one that was never read is not in it. */
export type UnionPlace = Readonly<Record<string, MemberPlace>>;

const schema = z.strictObject({
  v: z.literal(1),
  members: z.record(z.string(), z.strictObject({ cursor: z.string(), digest: z.string() })),
});

export function readPlace(cursor: Cursor | null): UnionPlace {
  if (cursor === null) return {};
  const parsed = schema.safeParse(jsonOf(cursor));
  if (parsed.success) return parsed.data.members;
  throw new PerennialError('internal', 'The cursor of a union of sources cannot be read.', { path: 'source' });
}

export function writePlace(members: UnionPlace): Cursor {
  return canonicalJson({ v: 1, members });
}

/** Names what was read of all of them; whatever the order in which it was. */
export function digestOfMembers(digests: Readonly<Record<string, string>>): string {
  return digestOfJson({ union: digests });
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
