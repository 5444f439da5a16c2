import { open, readdir, readFile, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { timeOrderedId } from '../edge/time-ordered-id.ts';
import { keptSince } from './kept-segments.ts';
import { isHead, parseHead, recordsEnd, segmentSuffix } from './segment-file.ts';
import { placeSegment, type SegmentLines } from './write-segment.ts';

/** What was put back into the spool. */
export interface Reshipped {
  readonly segments: number;
  readonly records: number;
}

/**
 * Puts segments that were shipped at or after an instant back into the spool, under the ids that they had: Postgres
 * stores what it lacks and passes over the rest. Whatever ships the spool does so at once, or when it runs again.
 */
export async function reshipKept(spoolDir: string, sinceMs: number): Promise<Reshipped> {
  const done = { segments: 0, records: 0 };
  for (const file of await keptSince(spoolDir, sinceMs)) {
    for await (const segment of segmentsIn(file)) {
      await placeSegment(spoolDir, segment.segmentId + segmentSuffix.again, segment);
      done.segments += 1;
      done.records += segment.lines.length;
    }
  }
  return done;
}

/**
 * Puts records that were set aside back into the spool, as new segments, and removes their `.bad` files. What is still
 * refused is set aside again.
 */
export async function reshipRefused(spoolDir: string): Promise<Reshipped> {
  const done = { segments: 0, records: 0 };
  const names = (await readdir(spoolDir)).filter((name) => name.endsWith(segmentSuffix.bad)).toSorted();
  for (const name of names) {
    const file = join(spoolDir, name);
    // oxlint-disable-next-line no-await-in-loop -- one file in memory at a time
    const lines = refusedLines(await readFile(file, 'utf8'));
    // A file that was set aside whole holds no records that could be told apart.
    if (lines === null) continue;
    const segmentId = timeOrderedId();
    // oxlint-disable-next-line no-await-in-loop -- as above
    await placeSegment(spoolDir, segmentId + segmentSuffix.ready, { segmentId, processId: 'reship', lines });
    // oxlint-disable-next-line no-await-in-loop -- as above
    await unlink(file);
    done.segments += 1;
    done.records += lines.length;
  }
  return done;
}

/** Whole segments of a file. One that has no end was stored a moment ago and is still being kept, or found no room. */
async function* segmentsIn(file: string): AsyncGenerator<SegmentLines> {
  let head: ReturnType<typeof parseHead> | null = null;
  let lines: string[] = [];
  const handle = await open(file);
  for await (const line of handle.readLines()) {
    if (isHead(line)) {
      head = parseHead(line);
      lines = [];
    } else if (head !== null && recordsEnd(line) === lines.length) {
      yield { ...head, lines };
      head = null;
    } else if (line !== '') lines.push(line);
  }
}

function refusedLines(text: string): readonly string[] | null {
  const [head = '', ...rest] = text.trimEnd().split('\n');
  try {
    const { type } = JSON.parse(head) as { readonly type?: unknown };
    if (type !== 'refused') return null;
    return rest.map((line) => String((JSON.parse(line) as { readonly line?: unknown }).line ?? ''));
  } catch {
    return null;
  }
}
