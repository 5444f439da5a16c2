import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { isAbsent } from '../../../domain/words/is-absent.ts';

/**
 * Bytes of all files below a folder, links not followed; what vanishes meanwhile does not count. It counts no further
 * than `bytesMax`, nor than `entriesMax` files and folders: beyond either there is more than it says.
 */
export async function countBytes(
  folder: string,
  { bytesMax, entriesMax }: { readonly bytesMax: number; readonly entriesMax: number },
): Promise<{ bytes: number; entries: number }> {
  const counted = { bytes: 0, entries: 0 };
  const waiting = [folder];
  for (;;) {
    const place = waiting.pop();
    if (place === undefined || counted.bytes > bytesMax || counted.entries > entriesMax) return counted;
    // oxlint-disable-next-line no-await-in-loop -- one folder at a time bounds memory
    for (const entry of await readdir(place, { withFileTypes: true }).catch(nothingOf)) {
      counted.entries += 1;
      if (entry.isDirectory()) waiting.push(join(place, entry.name));
      else if (entry.isFile())
        // oxlint-disable-next-line no-await-in-loop -- as above
        counted.bytes += (await lstat(join(place, entry.name)).catch(() => null))?.size ?? 0;
      if (counted.bytes > bytesMax || counted.entries > entriesMax) return counted;
    }
  }
}

function nothingOf(error: unknown): [] {
  if (isAbsent(error)) return [];
  throw error;
}
