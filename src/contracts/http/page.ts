import { z } from 'zod';
import { PerennialError } from '../../domain/words/errors.ts';

/** Most characters of a cursor; ours are far shorter, and a hostile one is refused before it is decoded. */
const cursorCharsMax = 1_000;

/** Where a list goes on. Opaque: a client sends back what `next` gave it. */
export const cursorSchema = z.string().regex(/^[A-Za-z0-9_-]{1,1000}$/, 'must be the `next` of an earlier answer');

/** `next` of a list's answer: the cursor of its next page; null at the end. */
export const nextSchema = z.string().max(cursorCharsMax).nullable();

// oxlint-disable-next-line no-control-regex -- exactly the character that Postgres refuses
const withoutNul = /^[^\u0000]*$/;
/** Members of keys: what Postgres can compare, so that a made-up cursor is refused here and fails nowhere. */
export const keyInt = z.int().min(0).max(2_147_483_647);
export const keyText = z.string().max(500).regex(withoutNul);

/** The key of the last item of a page, as the cursor of the page after it. */
export function encodeCursor(key: unknown): string {
  return Buffer.from(JSON.stringify(key)).toString('base64url');
}

/**
 * The key in a cursor; null for the first page. Throws `invalid_request` for a cursor that was not given by this list.
 */
export function decodeCursor<Schema extends z.ZodType>(
  schema: Schema,
  cursor: string | undefined,
): z.infer<Schema> | null {
  if (cursor === undefined) return null;
  const parsed = schema.safeParse(jsonOf(cursor));
  if (parsed.success) return parsed.data;
  throw new PerennialError('invalid_request', 'cursor is not one of this list.', {
    path: 'cursor',
    hint: 'Send back the `next` of an earlier answer of the same list, or none.',
  });
}

/** A page of a short list that is read whole (at most a thousand items), after the item whose id the cursor holds. */
export function pageOfList<Item>(
  items: readonly Item[],
  page: { readonly limit: number; readonly cursor?: string | undefined },
  idOf: (item: Item) => string | number,
): Page<Item> {
  const after = decodeCursor(z.union([keyText, keyInt]), page.cursor);
  const from = after === null ? 0 : items.findIndex((item) => idOf(item) === after) + 1;
  if (after !== null && from === 0)
    throw new PerennialError('invalid_request', 'cursor names an item that is no longer there.', {
      path: 'cursor',
      hint: 'Read the list from its beginning.',
    });
  return pageOf(items.slice(from, from + page.limit + 1), page.limit, idOf);
}

function jsonOf(cursor: string): unknown {
  try {
    const value: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
    return value;
  } catch {
    return undefined;
  }
}

export interface Page<Item> {
  readonly items: readonly Item[];
  readonly next: string | null;
}

/**
 * A page out of `limit` + 1 rows that were read: the one too many says that there is a next page, and is left out. Keys
 * are of rows that exist, so that what is inserted between two pages moves no boundary.
 */
export function pageOf<Item>(rows: readonly Item[], limit: number, keyOf: (last: Item) => unknown): Page<Item> {
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  return { items, next: rows.length > limit && last !== undefined ? encodeCursor(keyOf(last)) : null };
}
