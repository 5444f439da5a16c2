import { readdir, stat, unlink, writeFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { reasonOf } from '../../domain/words/reason-of.ts';
import type { Segment } from '../ports.ts';
import type { Log } from '../../telemetry/log.ts';
import type { Refused } from './read-segment.ts';
import { segmentSuffix } from './segment-file.ts';

/** What is kept at most of records that the database refused; beyond it the oldest files go. */
const refusedBytesMax = 268_435_456;

/**
 * Writes what was refused into a file of its own, one line of JSON each: the reason, and the line as it was. Durable
 * before it resolves, since the segment is removed afterwards. The same segment has the same file.
 */
export async function writeRefused(
  dir: string,
  { segmentId, processId }: Segment,
  refused: readonly Refused[],
): Promise<string> {
  const file = join(dir, segmentId + segmentSuffix.bad);
  const head = JSON.stringify({ type: 'refused', segmentId, processId, records: refused.length });
  const lines = refused.map(({ reason, line }) => JSON.stringify({ reason, line }));
  const writing = `${file}.writing`;
  try {
    await writeFile(writing, `${[head, ...lines].join('\n')}\n`, { flush: true, mode: 0o600 });
    await rename(writing, file);
  } catch (error) {
    await unlink(writing).catch(() => undefined);
    throw error;
  }
  return file;
}

/** Keeps what was refused in a folder within its bound: the files that were written last stay. */
export async function boundRefused(dir: string, log: Log, bytesMax: number = refusedBytesMax): Promise<void> {
  const files: { readonly file: string; readonly size: number; readonly mtimeMs: number }[] = [];
  for (const name of await readdir(dir)) {
    if (!name.endsWith(segmentSuffix.bad)) continue;
    const file = join(dir, name);
    // oxlint-disable-next-line no-await-in-loop -- thousands of open requests to the file system would be worse
    const facts = await stat(file).catch(() => null);
    if (facts !== null) files.push({ file, size: facts.size, mtimeMs: facts.mtimeMs });
  }
  let bytes = 0;
  for (const { file, size } of files.toSorted(
    (one, other) => other.mtimeMs - one.mtimeMs || (one.file < other.file ? 1 : -1),
  )) {
    bytes += size;
    if (bytes <= bytesMax) continue;
    // oxlint-disable-next-line no-await-in-loop -- as above
    await unlink(file).catch((error: unknown) => log.warn({ file, reason: reasonOf(error) }, 'a file stays'));
    log.error({ file }, 'refused records take too much room: the oldest were removed');
  }
}
