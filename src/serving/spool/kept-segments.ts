import { randomBytes } from 'node:crypto';
import { appendFile, mkdir, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { isDiskFull } from '../../domain/words/disk-full.ts';
import { freeBytesAt } from '../../artifacts/free-bytes.ts';
import { reasonOf } from '../../domain/words/reason-of.ts';
import type { Log } from '../../telemetry/log.ts';
import { isAbsent } from '../../domain/words/is-absent.ts';

/**
 * What was shipped, for a while longer: a standby that takes over may lack the last of it. Many segments in a file,
 * since a folder with a file per segment would hold a million after a day.
 */
export interface KeptSegments {
  /** Adds the text of a segment. Never rejects: it is in Postgres, and a full disk must not hold up the next one. */
  keep(text: string): Promise<void>;
  /** Removes what is too old, and the oldest of what is too much. */
  bound(): Promise<void>;
  /** What is kept next goes into a file of its own: those that are there are changed by others. */
  beginNext(): void;
  stop(): void;
}

export interface KeptBounds {
  readonly ageMs: number;
  /** At most, to within the size of a file; 0 keeps nothing. */
  readonly bytesMax: number;
}

/** The folder in the spool that holds them. */
export const keptFolder = 'shipped';
const keptSuffix = '.segments';
/** How long a file is added to, unless it is full before. */
const fileMs = 60_000;
/** Of how many full files the bound consists: of fewer, too much would go with the oldest. */
const filesMin = 16;

export function createKeptSegments(spoolDir: string, { ageMs, bytesMax }: KeptBounds, log: Log): KeptSegments {
  const dir = join(spoolDir, keptFolder);
  // Several processes may share a spool, and containers have the same process ids.
  const own = randomBytes(4).toString('hex');
  let file = { path: '', begunMs: 0, bytes: 0 };
  const bound = (): Promise<void> =>
    removeBeyond(dir, { ageMs, bytesMax }).catch((error: unknown) =>
      log.warn({ reason: reasonOf(error) }, 'segments that were kept cannot be removed'),
    );
  void bound();
  const timer = setInterval(() => void bound(), fileMs);
  timer.unref();
  return {
    async keep(text) {
      if (bytesMax === 0) return;
      const nowMs = Date.now();
      const isNext = Math.abs(nowMs - file.begunMs) >= fileMs || file.bytes > bytesMax / filesMin;
      if (isNext) file = { path: join(dir, `${stampOf(nowMs)}.${own}${keptSuffix}`), begunMs: nowMs, bytes: 0 };
      // Another one may be begun meanwhile.
      const to = file;
      try {
        await mkdir(dir, { recursive: true, mode: 0o700 });
        // What is before it may end in the middle of a line: the disk was full.
        await appendFile(to.path, `\n${text}`, { mode: 0o600 });
        to.bytes += Buffer.byteLength(text);
        if (isNext) await bound();
      } catch (error) {
        log.warn({ reason: reasonOf(error) }, 'a segment that was shipped could not be kept');
        if (isDiskFull(error)) await bound();
      }
    },
    bound,
    beginNext: () => (file = { path: '', begunMs: 0, bytes: 0 }),
    stop: () => clearInterval(timer),
  };
}

/** Files with segments that were shipped at or after an instant, and up to a minute before it, the oldest first. */
export async function keptSince(spoolDir: string, sinceMs: number): Promise<readonly string[]> {
  const dir = join(spoolDir, keptFolder);
  // A file is named by when it was begun.
  const first = stampOf(Math.max(0, sinceMs - fileMs));
  return (await namesIn(dir)).filter((name) => name >= first).map((name) => join(dir, name));
}

/** `2026-11-28T10-02-07.123Z`: names sort by time. */
function stampOf(ms: number): string {
  return new Date(ms).toISOString().replaceAll(':', '-');
}

async function namesIn(dir: string): Promise<readonly string[]> {
  const names = await readdir(dir).catch((error: unknown) => {
    if (isAbsent(error)) return [];
    throw error;
  });
  return names.filter((name) => name.endsWith(keptSuffix)).toSorted();
}

/** What waits to be stored needs the room more: no more is kept than is still free. */
async function removeBeyond(dir: string, { ageMs, bytesMax }: KeptBounds): Promise<void> {
  const bytesNow = Math.min(bytesMax, (await freeBytesAt(dir)) ?? bytesMax);
  const oldest = stampOf(Date.now() - ageMs);
  let bytes = 0;
  for (const name of (await namesIn(dir)).toReversed()) {
    const file = join(dir, name);
    // oxlint-disable-next-line no-await-in-loop -- one file per minute, once a minute
    bytes += (await stat(file).catch(() => null))?.size ?? 0;
    // oxlint-disable-next-line no-await-in-loop -- as above
    if (name < oldest || bytes > bytesNow) await rm(file, { force: true });
  }
}
