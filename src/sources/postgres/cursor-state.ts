import { createHash } from 'node:crypto';
import { digestOfJson } from '../../artifacts/digest.ts';
import { PerennialError } from '../../domain/words/errors.ts';
import type { Cursor } from '../port.ts';

/** A row by its two columns, as the server writes them: `["2026-01-02 03:04:05.6+00", "812"]`. */
export type Key = readonly [column: string, tieBreaker: string];

/** Where late rows are looked for: from here on, up to the cursor. Null from begins with the first row of all. */
export interface Window {
  /** A value of the column, or a row; both belong to it. */
  readonly from: readonly [column: string] | Key | null;
  /** Which rows of it have been read, by `markOf`. */
  readonly seen: ReadonlySet<string>;
}

/** How far a query has been read. */
export interface CursorState {
  /** The last row in the order of the cursor. */
  readonly after: Key;
  /** Null where no row is expected late: far below the newest row, or where no overlap is wanted. */
  readonly window: Window | null;
}

/** 64 bits of a digest: the chance that one late row passes for a row that was read is below 3 in 10^15. */
const markBytes = 8;

export function markOf([column, tieBreaker]: Key): string {
  return createHash('sha256')
    .update(JSON.stringify([column, tieBreaker]))
    .digest()
    .toString('hex', 0, markBytes);
}

export function writeCursor({ after, window }: CursorState): Cursor {
  const marks = window === null ? [] : [...window.seen].sort();
  const seen = Buffer.from(marks.join(''), 'hex').toString('base64');
  return JSON.stringify({ after, ...(window === null ? {} : { from: window.from, seen }) });
}

/** Throws invalid_data for what no cursor of a query is. */
export function readCursor(cursor: Cursor): CursorState {
  const { after, from, seen } = parsed(cursor);
  if (!isKey(after)) throw foreign();
  if (seen === undefined) return { after, window: null };
  if (typeof seen !== 'string' || !(from === null || isKey(from) || isValue(from))) throw foreign();
  const hex = Buffer.from(seen, 'base64').toString('hex');
  const marks = hex.match(new RegExp(`.{${2 * markBytes}}`, 'g')) ?? [];
  return { after, window: { from, seen: new Set(marks) } };
}

/** The cursor as people read it. */
export function sayCursor(cursor: Cursor): string {
  const { after } = readCursor(cursor);
  return [...new Set(after)].join(' / ');
}

/** Names what has been read of a query: the same rows in the window and the same last row give the same digest. */
export function digestOfState(query: string, { after, window }: CursorState): string {
  return digestOfJson({ query, after, seen: window === null ? [] : [...window.seen].sort() });
}

/** Of a query that answered nothing yet. */
export function digestOfNothing(query: string): string {
  return digestOfJson({ query, after: null });
}

function parsed(cursor: Cursor): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(cursor);
    return typeof value === 'object' && value !== null ? { ...value } : {};
  } catch {
    return {};
  }
}

function isKey(value: unknown): value is Key {
  return Array.isArray(value) && value.length === 2 && value.every((part) => typeof part === 'string');
}

function isValue(value: unknown): value is readonly [string] {
  return Array.isArray(value) && value.length === 1 && typeof value[0] === 'string';
}

function foreign(): PerennialError {
  return new PerennialError('invalid_data', 'The stored cursor is none of a query.', {
    path: 'source.cursor',
    hint: 'Apply the definition with any change, so that the source is read from the beginning.',
  });
}
