import type { ObjectsCursor } from './cursor.ts';
import { compareKeys, type ListedObject } from './objects.ts';
import type { TakenObject } from './ledger.ts';

/** A list held against what was taken before. */
export interface Comparison {
  /** Never taken, and settled, in the order of keys. */
  readonly fresh: readonly ListedObject[];
  /** Those of them that sort before something that was taken. */
  readonly late: readonly ListedObject[];
  /** Taken before, and other bytes by now. */
  readonly rewritten: readonly ListedObject[];
  /** Keys that were taken and are not listed any more. */
  readonly deleted: readonly string[];
  /** Not taken, because somebody may still be writing them. */
  readonly unsettled: readonly ListedObject[];
}

/**
 * Whether an object whose mark has changed has other bytes is asked only where its size is the same: that reads it.
 */
export async function compareWithTaken(
  listed: readonly ListedObject[],
  taken: ReadonlyMap<string, TakenObject>,
  cursor: ObjectsCursor,
  isSameBytes: (object: ListedObject, taken: TakenObject) => Promise<boolean>,
): Promise<Comparison> {
  const fresh: ListedObject[] = [];
  const unsettled: ListedObject[] = [];
  const rewritten: ListedObject[] = [];
  for (const object of listed) {
    const before = taken.get(object.key);
    if (before?.mark === object.mark) continue;
    if (!object.isSettled) unsettled.push(object);
    else if (before === undefined) fresh.push(object);
    // oxlint-disable-next-line no-await-in-loop -- one file at a time
    else if (before.bytes !== object.bytes || !(await isSameBytes(object, before))) rewritten.push(object);
  }
  const keys = new Set(listed.map(({ key }) => key));
  const { lastKey } = cursor;
  return {
    fresh,
    late: lastKey === null ? [] : fresh.filter(({ key }) => compareKeys(key, lastKey) < 0),
    rewritten,
    deleted: [...taken.keys()].filter((key) => !keys.has(key)),
    unsettled,
  };
}
