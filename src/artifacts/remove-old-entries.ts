import { lstat, readdir, rm } from 'node:fs/promises';
import path from 'node:path';

export interface OldEntriesAsk {
  /** An entry is old when nothing in it, however deep, was written for this long; milliseconds. */
  readonly ageMs: number;
  /** Names that may go; all when left out. */
  readonly isOurs?: (name: string) => boolean;
  /** How deep the entries lie: 1 (the default) are those of the folder, 2 those of its folders. */
  readonly depth?: number;
}

export interface RemovedEntry {
  readonly path: string;
  readonly bytes: number;
}

/**
 * Removes what a process that was killed has left in a folder that it alone writes. A folder that is not there holds
 * nothing; an entry that vanishes meanwhile was somebody else's to remove.
 */
export async function removeOldEntries(folder: string, ask: OldEntriesAsk): Promise<readonly RemovedEntry[]> {
  const { depth = 1, isOurs } = ask;
  const removed: RemovedEntry[] = [];
  for (const name of await namesIn(folder)) {
    const entry = path.join(folder, name);
    // oxlint-disable no-await-in-loop -- one entry at a time: nobody waits for it
    if (depth > 1) {
      removed.push(...(await removeOldEntries(entry, { ...ask, depth: depth - 1 })));
      continue;
    }
    if (isOurs !== undefined && !isOurs(name)) continue;
    const { bytes, writtenAtMs } = await sizeOf(entry);
    if (Date.now() - writtenAtMs < ask.ageMs) continue;
    await rm(entry, { recursive: true, force: true });
    // oxlint-enable no-await-in-loop
    removed.push({ path: entry, bytes });
  }
  return removed;
}

async function namesIn(folder: string): Promise<readonly string[]> {
  return readdir(folder).catch(() => []);
}

/**
 * Bytes of a file or of all in a folder, and when the newest of it was written; one that is gone is as new as can be.
 */
async function sizeOf(entry: string): Promise<{ readonly bytes: number; readonly writtenAtMs: number }> {
  const found = await lstat(entry).catch(() => null);
  if (found === null) return { bytes: 0, writtenAtMs: Infinity };
  let size = { bytes: found.isFile() ? found.size : 0, writtenAtMs: found.mtimeMs };
  if (!found.isDirectory()) return size;
  for (const name of await namesIn(entry)) {
    // oxlint-disable-next-line no-await-in-loop
    const inner = await sizeOf(path.join(entry, name));
    size = { bytes: size.bytes + inner.bytes, writtenAtMs: Math.max(size.writtenAtMs, inner.writtenAtMs) };
  }
  return size;
}
