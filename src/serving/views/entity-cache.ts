import type { StoredEntity, ViewAsk, ViewHead } from '../ports.ts';

/** What one process remembers of the online stores; what was used last stays longest. */
export interface EntityCache {
  /** Undefined: not remembered, or something has changed since. */
  get(ask: ViewAsk): StoredEntity | undefined;
  put(ask: ViewAsk, stored: StoredEntity): void;
  /** What stands in the database of one revision now. */
  changed(head: ViewHead): void;
  readonly entries: number;
  readonly bytes: number;
}

/** Bounds of one process: whichever is reached first. */
export const cacheEntriesMax = 50_000;
export const cacheBytesMax = 64 * 1_024 * 1_024;

interface Entry {
  readonly stored: StoredEntity;
  readonly bytes: number;
}

export function createEntityCache(
  bounds: { readonly entriesMax: number; readonly bytesMax: number } = {
    entriesMax: cacheEntriesMax,
    bytesMax: cacheBytesMax,
  },
): EntityCache {
  const entries = new Map<string, Entry>();
  const heads = new Map<string, number>();
  let bytes = 0;
  const drop = (key: string): void => {
    bytes -= entries.get(key)?.bytes ?? 0;
    entries.delete(key);
  };
  return {
    get(ask) {
      const key = keyOf(ask);
      const entry = entries.get(key);
      if (entry === undefined) return undefined;
      if (entry.stored.sequence < (heads.get(revisionOf(ask)) ?? 0)) {
        drop(key);
        return undefined;
      }
      entries.delete(key);
      entries.set(key, entry);
      return entry.stored;
    },
    put(ask, stored) {
      const key = keyOf(ask);
      drop(key);
      const entry = { stored, bytes: bytesOf(key, stored) };
      if (entry.bytes > bounds.bytesMax) return;
      entries.set(key, entry);
      bytes += entry.bytes;
      for (const oldest of entries.keys()) {
        if (entries.size <= bounds.entriesMax && bytes <= bounds.bytesMax) break;
        drop(oldest);
      }
    },
    changed(head) {
      const key = revisionOf(head);
      // A database that was set back counts from an earlier number on: nothing that is remembered holds any more.
      if (head.sequence < (heads.get(key) ?? 0)) {
        entries.clear();
        bytes = 0;
      }
      heads.set(key, head.sequence);
    },
    get entries() {
      return entries.size;
    },
    get bytes() {
      return bytes;
    },
  };
}

function revisionOf({ view, digest }: Pick<ViewAsk, 'view' | 'digest'>): string {
  return `${view}\u0000${digest}`;
}

function keyOf(ask: ViewAsk): string {
  return `${ask.view}\u0000${ask.digest}\u0000${ask.entity}`;
}

/** What an object with a few fields takes, about. */
const objectBytes = 200;

/** About: text takes two bytes a character, and what windows hold is as large as it is as JSON. */
function bytesOf(key: string, { state }: StoredEntity): number {
  if (state === null) return objectBytes + 2 * key.length;
  const { numbers, texts, waiting, tiles } = state;
  const text = texts.reduce((sum, value) => sum + (value?.length ?? 0), 0);
  const held =
    (tiles === null ? 0 : JSON.stringify(tiles).length) + (waiting.length === 0 ? 0 : JSON.stringify(waiting).length);
  return 2 * objectBytes + 2 * key.length + 16 * numbers.length + 2 * text + 4 * held;
}
