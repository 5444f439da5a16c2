import { createHash, randomUUID } from 'node:crypto';
import { canonicalJson } from '../../domain/words/canonical.ts';
import type { CommandKind } from '../../domain/record/messages.ts';

const uuidPattern = /^[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

/**
 * The id of a command's row. A UUID is taken as it is; any other key becomes a UUID (version 8, of its SHA-256) that
 * belongs to the token, so that two clients who both number their commands 1, 2, 3 do not meet.
 */
export function commandIdOf(key: string | null, tokenId: string): string {
  if (key === null) return randomUUID();
  const lower = key.toLowerCase();
  if (uuidPattern.test(lower)) return lower;
  const hex = createHash('sha256').update(`${tokenId}\u0000${key}`).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

/** SHA-256 (hex) of what a command asks for: the same id with another hash is another command under a used name. */
export function bodyHashOf(kind: CommandKind, model: string, body: Record<string, unknown>): string {
  return createHash('sha256').update(canonicalJson({ kind, model, body })).digest('hex');
}
