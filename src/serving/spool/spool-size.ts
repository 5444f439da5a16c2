import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { segmentSuffix } from './segment-file.ts';

export interface SpoolSize {
  readonly bytes: number;
  /** When the oldest waiting segment was written; 0 when none waits. */
  readonly oldestMs: number;
}

/**
 * Segments that wait for Postgres. A file that vanishes meanwhile was shipped: it counts as nothing. Rejects when the
 * folder cannot be listed: taking it for empty would let in more than there is room for.
 */
export async function measureSpool(dir: string): Promise<SpoolSize> {
  const names = await readdir(dir).catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw error;
  });
  let bytes = 0;
  let oldestMs = 0;
  for (const name of names) {
    if (!name.endsWith(segmentSuffix.ready)) continue;
    // oxlint-disable-next-line no-await-in-loop -- thousands of open requests to the file system would be worse
    const facts = await stat(join(dir, name)).catch(() => null);
    if (facts === null) continue;
    bytes += facts.size;
    if (oldestMs === 0 || facts.mtimeMs < oldestMs) oldestMs = facts.mtimeMs;
  }
  return { bytes, oldestMs };
}
