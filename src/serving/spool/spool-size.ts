import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { segmentSuffix } from './segment-file.ts';
import { isAbsent } from '../../domain/words/is-absent.ts';

export interface SpoolSize {
  readonly bytes: number;
  /** When the oldest waiting segment was written; 0 when none waits. */
  readonly oldestMs: number;
}

/**
 * Segments that wait for Postgres. A file that vanishes meanwhile was shipped: it counts as nothing. Rejects when the
 * folder cannot be listed: taking it for empty would let in more than there is room for.
 */
export function measureSpool(dir: string): Promise<SpoolSize> {
  return createSpoolMeasure(dir)();
}

/**
 * Measures a spool again and again. A whole file never changes, so each is looked at once: what a measurement costs
 * beyond the list of names grows with the files that are new. While one is under way nobody begins another, however
 * long a full folder takes.
 */
export function createSpoolMeasure(dir: string): () => Promise<SpoolSize> {
  const known = new Map<string, { readonly bytes: number; readonly writtenMs: number }>();
  let underWay: Promise<SpoolSize> | null = null;

  async function measure(): Promise<SpoolSize> {
    const names = new Set((await namesIn(dir)).filter((name) => name.endsWith(segmentSuffix.ready)));
    for (const name of known.keys()) if (!names.has(name)) known.delete(name);
    for (const name of names) {
      if (known.has(name)) continue;
      // oxlint-disable-next-line no-await-in-loop -- thousands of open requests to the file system would be worse
      const facts = await stat(join(dir, name)).catch(() => null);
      if (facts !== null) known.set(name, { bytes: facts.size, writtenMs: facts.mtimeMs });
    }
    let bytes = 0;
    let oldestMs = 0;
    for (const file of known.values()) {
      bytes += file.bytes;
      if (oldestMs === 0 || file.writtenMs < oldestMs) oldestMs = file.writtenMs;
    }
    return { bytes, oldestMs };
  }

  return () => (underWay ??= measure().finally(() => (underWay = null)));
}

async function namesIn(dir: string): Promise<readonly string[]> {
  return readdir(dir).catch((error: unknown) => {
    if (isAbsent(error)) return [];
    throw error;
  });
}
