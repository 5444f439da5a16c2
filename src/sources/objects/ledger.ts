import type { ArtifactStore } from '../../artifacts/artifact-store.ts';
import { chainOf, type ObjectsCursor } from './cursor.ts';
import { compareKeys } from './objects.ts';

/** An object that was read, as it was then. */
export interface TakenObject {
  readonly key: string;
  readonly sha256: string;
  readonly bytes: number;
  readonly mark: string;
}

export type LedgerStore = Pick<ArtifactStore, 'readBytes' | 'putBytes'>;

/** So many files of one size become one of the next: each entry is written once per level, not once per object. */
const fanOut = 8;

/** All that was taken up to a cursor, by key: as many bytes are read as there are entries, about 150 each. */
export async function readLedger(
  store: LedgerStore,
  { segments }: ObjectsCursor,
): Promise<ReadonlyMap<string, TakenObject>> {
  const taken = new Map<string, TakenObject>();
  // oxlint-disable-next-line no-await-in-loop -- a logarithm of them
  for (const { sha256 } of segments) for (const entry of await readSegment(store, sha256)) taken.set(entry.key, entry);
  return taken;
}

/** The cursor behind one more object. What it names is in the store before it is answered. */
export async function addTaken(store: LedgerStore, cursor: ObjectsCursor, object: TakenObject): Promise<ObjectsCursor> {
  let entries: readonly TakenObject[] = [object];
  let segments = cursor.segments;
  let level = 0;
  for (; segments.filter((segment) => segment.level === level).length === fanOut - 1; level++) {
    const merged = segments.filter((segment) => segment.level === level);
    // oxlint-disable-next-line no-await-in-loop -- seven files of a level, then one of the next
    const older = await Promise.all(merged.map(({ sha256 }) => readSegment(store, sha256)));
    entries = [...older.flat(), ...entries];
    segments = segments.filter((segment) => segment.level !== level);
  }
  const sorted = entries.toSorted((left, right) => compareKeys(left.key, right.key));
  const sha256 = await store.putBytes(sorted.map((entry) => `${JSON.stringify(entry)}\n`).join(''));
  const { lastKey } = cursor;
  return {
    digest: chainOf(cursor.digest, object),
    lastKey: lastKey === null || compareKeys(object.key, lastKey) > 0 ? object.key : lastKey,
    count: cursor.count + 1,
    segments: [...segments, { level, sha256 }],
  };
}

async function readSegment(store: LedgerStore, digest: string): Promise<readonly TakenObject[]> {
  const lines = (await store.readBytes(digest)).toString('utf8').split('\n');
  return lines.filter((line) => line !== '').map((line): TakenObject => JSON.parse(line));
}
