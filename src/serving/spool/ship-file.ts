import { readFile, rename, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { reasonOf } from '../../domain/words/reason-of.ts';
import type { Segment } from '../ports.ts';
import { readSegment, type Refused } from './read-segment.ts';
import { segmentSuffix } from './segment-file.ts';
import type { ShipperOptions } from './shipper-options.ts';
import { storeSparing } from './store-sparing.ts';
import { boundRefused, writeRefused } from './write-refused.ts';
import { isAbsent } from '../../domain/words/is-absent.ts';

/**
 * Ships one file and removes it: `unstored` when the sink does not take it or is away, `unreadable` when it cannot be
 * read at the moment. Either way it stays, and nothing of it is lost.
 */
export async function shipFile(options: ShipperOptions, name: string): Promise<'done' | 'unstored' | 'unreadable'> {
  const path = join(options.dir, name);
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    // Gone: another shipper had it. Too many open files or an input error are not the segment's fault.
    if (isAbsent(error)) return 'done';
    options.log.warn({ file: path, reason: reasonOf(error) }, 'a segment waits: it could not be read');
    return 'unreadable';
  }
  try {
    await shipText(options, path, text);
    await unlink(path).catch(() => undefined);
    return 'done';
  } catch (error) {
    options.log.warn({ file: path, reason: reasonOf(error) }, 'a segment waits: it could not be stored');
    return 'unstored';
  }
}

async function shipText(options: ShipperOptions, path: string, text: string): Promise<void> {
  const read = readOrNull(text);
  if (read === null) {
    await setFileAside(options, path);
    return;
  }
  const refused = [...read.refused, ...(await storeSparing(options.sink, read.segment))];
  if (refused.length > 0) await keepAside(options, read.segment, refused);
  // What is shipped again is kept already: kept each time it would push out all others.
  if (!path.endsWith(segmentSuffix.again)) await options.kept?.keep(text);
}

/** Null for a file whose first line is not that of a segment: nothing in it can be told apart. */
function readOrNull(text: string): ReturnType<typeof readSegment> | null {
  try {
    return readSegment(text);
  } catch {
    return null;
  }
}

async function setFileAside({ log }: ShipperOptions, path: string): Promise<void> {
  const aside = path.slice(0, -segmentSuffix.ready.length) + segmentSuffix.bad;
  await rename(path, aside);
  log.error({ file: aside }, 'a file was set aside whole: it is no segment, and nothing of it is in the database');
}

/** Records that cannot be stored, in a file beside the others: what ended well has been stored by now. */
async function keepAside(options: ShipperOptions, segment: Segment, refused: readonly Refused[]): Promise<void> {
  const file = await writeRefused(options.dir, segment, refused);
  await boundRefused(options.dir, options.log);
  const { reason = '' } = refused[0] ?? {};
  options.log.error({ file, records: refused.length, reason }, 'records were set aside; the rest is in the database');
  await options
    .onRefused?.(refused)
    .catch((error: unknown) => options.log.warn({ reason: reasonOf(error) }, 'records set aside could not be told of'));
}
