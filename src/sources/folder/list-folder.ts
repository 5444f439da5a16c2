import { lstat, readdir, realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import { isAbsent } from '../../domain/words/is-absent.ts';
import { refusal, refused } from '../file/refusal.ts';
import { refuseOutside } from '../file/within-roots.ts';
import type { SourcePlace } from '../port.ts';
import { printable } from '../objects/printable.ts';
import { compareKeys, objectsMax, type ListedObject } from '../objects/objects.ts';

interface FolderAsk {
  /** Absolute. */
  readonly folder: string;
  readonly place: SourcePlace;
  readonly isMeant: (key: string) => boolean;
  readonly settleMs: number;
}

/** Folders within folders beyond this are a circle, or nobody's history. */
const depthMax = 32;
/** Looked at in all, whatever they are called. */
const entriesMax = 4 * objectsMax;

/**
 * The files below a folder, by their paths in it, in the order of these. A link is followed to a file within the
 * roots; one that leads out of them, and one to a folder, is refused by name. Throws invalid_data with one sentence.
 */
export async function listFolder(ask: FolderAsk): Promise<readonly ListedObject[]> {
  const { folder, place } = ask;
  await refuseOutside(folder, place);
  const found: ListedObject[] = [];
  let entries = 0;
  const nowMs = Date.now();

  async function walk(steps: readonly string[]): Promise<void> {
    const names = await readdir(path.join(folder, ...steps), { withFileTypes: true });
    entries += names.length;
    if (entries > entriesMax) throw refusal(folder, `holds more than ${entriesMax} entries`, narrow);
    for (const entry of names) {
      const below = [...steps, entry.name];
      const key = below.join('/');
      if (/^[._]/.test(entry.name)) continue;
      // oxlint-disable no-await-in-loop -- one at a time: it leaves the disk to others
      if (entry.isDirectory()) {
        if (below.length > depthMax) throw refusal(folder, `has folders more than ${depthMax} deep`, narrow);
        await walk(below);
      } else if (ask.isMeant(key)) {
        const object = await look(path.join(folder, ...below), key, entry.isSymbolicLink());
        if (object !== null) found.push(object);
      }
      // oxlint-enable no-await-in-loop
    }
  }

  async function look(file: string, key: string, isLink: boolean): Promise<ListedObject | null> {
    if (isLink) await refuseOutside(file, place);
    const facts = await stat(file, { bigint: true }).catch((error: unknown) => {
      // It went after it was listed, or is a link to nothing.
      if (isAbsent(error)) return null;
      throw refused(file, error);
    });
    if (facts === null && key.includes('\ufffd'))
      throw refusal(printable(file), 'has a name that is not UTF-8', 'Rename it, or narrow `source.pattern`.');
    if (facts === null) return null;
    if (facts.isDirectory()) throw refusal(file, 'is a link to a folder', 'Put the files themselves there.');
    if (!facts.isFile()) throw refusal(file, 'is no regular file', 'Move it away, or narrow `source.pattern`.');
    const ageMs = nowMs - Number(facts.mtimeNs / 1_000_000n);
    return {
      key,
      bytes: Number(facts.size),
      mark: markOf(facts),
      // A clock that runs ahead must not keep a file out for ever.
      isSettled: facts.size > 0n && Math.abs(ageMs) >= ask.settleMs,
    };
  }

  try {
    if (!(await lstat(await realpath(folder))).isDirectory())
      throw refusal(folder, 'is no folder', 'Name a folder, or declare the file with `csv`, `ndjson` or `parquet`.');
    await walk([]);
  } catch (error) {
    throw refused(folder, error);
  }
  return found.sort((left, right) => compareKeys(left.key, right.key));
}

/** What changes when a file is written: its size, and the time of its last change in nanoseconds. */
export function markOf({ size, mtimeNs }: { readonly size: bigint; readonly mtimeNs: bigint }): string {
  return `${size}-${mtimeNs}`;
}

const narrow = 'Name a folder that holds only this history.';
