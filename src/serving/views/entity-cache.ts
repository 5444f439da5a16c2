import type { ValuesMemo } from '../../views/online/values-at.ts';
import type { StoredEntity, ViewHead } from '../ports.ts';

/** What one process remembers of the online stores; what was used lately stays longest. */
export interface EntityCache {
  /** What is remembered of one revision; one for each revision, for the life of the process. */
  of(revision: RevisionName): RevisionCache;
  /** What stands in the database of one revision now. */
  changed(head: ViewHead): void;
  /** Revisions that were asked for. */
  readonly revisions: readonly RevisionName[];
  readonly entries: number;
  readonly bytes: number;
}

type RevisionName = Pick<ViewHead, 'view' | 'digest'>;

export interface RevisionCache {
  /** Undefined: not remembered, or something has changed since. */
  get(entity: string): Remembered | undefined;
  /** What is too large for the bounds is answered and not remembered. */
  put(entity: string, stored: StoredEntity): Remembered;
}

/** An entity as the store holds it, with the values that were made of it last. */
export interface Remembered {
  readonly stored: StoredEntity;
  readonly memo: ValuesMemo;
}

/** Bounds of one process: whichever is reached first. */
export const cacheEntriesMax = 50_000;
export const cacheBytesMax = 64 * 1_024 * 1_024;

interface Entry extends Remembered {
  readonly entity: string;
  readonly own: Map<string, Entry>;
  readonly bytes: number;
  /** Since it was passed over when room was needed. */
  isUsed: boolean;
}

interface Revision extends RevisionCache {
  readonly name: RevisionName;
  sequence: number;
}

export function createEntityCache(
  bounds: { readonly entriesMax: number; readonly bytesMax: number } = {
    entriesMax: cacheEntriesMax,
    bytesMax: cacheBytesMax,
  },
): EntityCache {
  const revisions = new Map<string, Revision>();
  // In the order in which they came or were passed over: a look marks its entry and moves nothing (the "clock" rule).
  const order = new Set<Entry>();
  let bytes = 0;
  const drop = (entry: Entry): void => {
    if (!order.delete(entry)) return;
    bytes -= entry.bytes;
    entry.own.delete(entry.entity);
  };
  const makeRoom = (bytesMore: number): void => {
    for (const entry of order) {
      if (order.size < bounds.entriesMax && bytes + bytesMore <= bounds.bytesMax) return;
      if (!entry.isUsed) {
        drop(entry);
        continue;
      }
      entry.isUsed = false;
      order.delete(entry);
      order.add(entry);
    }
  };
  const open = (name: RevisionName): Revision => {
    const own = new Map<string, Entry>();
    const revision: Revision = {
      name,
      sequence: 0,
      get(entity) {
        const entry = own.get(entity);
        if (entry === undefined) return undefined;
        if (entry.stored.sequence < revision.sequence) {
          drop(entry);
          return undefined;
        }
        entry.isUsed = true;
        return entry;
      },
      put(entity, stored) {
        const before = own.get(entity);
        if (before !== undefined) drop(before);
        const entry: Entry = {
          stored,
          memo: { last: null },
          entity,
          own,
          bytes: bytesOf(entity, stored),
          isUsed: false,
        };
        if (entry.bytes > bounds.bytesMax) return entry;
        makeRoom(entry.bytes);
        own.set(entity, entry);
        order.add(entry);
        bytes += entry.bytes;
        return entry;
      },
    };
    return revision;
  };
  return {
    of({ view, digest }) {
      const key = keyOf({ view, digest });
      const known = revisions.get(key) ?? open({ view, digest });
      revisions.set(key, known);
      return known;
    },
    changed(head) {
      // Nothing is remembered of a revision that nobody has asked for.
      const revision = revisions.get(keyOf(head));
      if (revision === undefined) return;
      // A database that was set back counts from an earlier number on: nothing that is remembered holds any more.
      if (head.sequence < revision.sequence) for (const entry of order) drop(entry);
      revision.sequence = head.sequence;
    },
    get revisions() {
      return [...revisions.values()].map(({ name }) => name);
    },
    get entries() {
      return order.size;
    },
    get bytes() {
      return bytes;
    },
  };
}

function keyOf({ view, digest }: RevisionName): string {
  return `${view}\u0000${digest}`;
}

/** What an object with a few fields takes, about. */
const objectBytes = 200;

/** About: text takes two bytes a character, what windows hold four for each of its characters as JSON; values twice. */
function bytesOf(entity: string, { state, heldChars }: StoredEntity): number {
  if (state === null) return 2 * objectBytes + 2 * entity.length;
  const { numbers, texts } = state;
  const text = texts.reduce((sum, value) => sum + (value?.length ?? 0), 0);
  return 3 * objectBytes + 2 * entity.length + 32 * (numbers.length + texts.length) + 2 * text + 4 * heldChars;
}
