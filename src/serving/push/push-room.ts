import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { PerennialError } from '../../domain/words/errors.ts';
import { reasonOf } from '../../domain/words/reason-of.ts';
import { sayBytes, sayMany } from '../../domain/words/say.ts';
import type { Log } from '../../telemetry/log.ts';
import type { SpoolSize } from '../spool/spool-size.ts';
import { pushSuffix } from './push-file.ts';

export interface PushRoomOptions {
  /** Of all files that wait, as the disk counts them. */
  readonly bytesMax?: number;
  /** Of the oldest one. */
  readonly ageMsMax?: number;
  readonly measureEveryMs?: number;
}

/** How much waits for Postgres, and how fast it goes. */
export interface PushRoom {
  /** Bytes that were written since the last measurement. */
  add(bytes: number): void;
  /** Throws `rate_limited` while a bound is reached. */
  assert(): void;
  waiting(): SpoolSize;
  close(): void;
}

/** A file takes whole blocks: a million requests of one row are not few bytes. */
const blockBytes = 4_096;
/** Over which time it is measured how fast the shipper drains. */
const drainMs = 30_000;
const retryAfterSeconds = { min: 1, unknown: 30, max: 300 } as const;
/** How far below the bound it should be by then, or the next request would be refused at once. */
const headroom = 0.1;

interface Waiting {
  readonly bytes: number;
  readonly writtenMs: number;
}

export function createPushRoom(dir: string, options: PushRoomOptions, log: Log): PushRoom {
  const { bytesMax = 268_435_456, ageMsMax = 86_400_000, measureEveryMs = 1_000 } = options;
  const known = new Map<string, Waiting>();
  let size: SpoolSize = { bytes: 0, oldestMs: 0 };
  let added = 0;
  const drained = createDrain(drainMs);
  let underWay = false;

  async function measure(): Promise<void> {
    const before = added;
    const names = new Set((await readdir(dir)).filter((name) => name.endsWith(pushSuffix.ready)));
    let gone = 0;
    for (const [name, { bytes }] of known)
      if (!names.has(name)) {
        known.delete(name);
        gone += bytes;
      }
    for (const name of names) {
      if (known.has(name)) continue;
      // oxlint-disable-next-line no-await-in-loop -- thousands of open requests to the file system would be worse
      const facts = await stat(join(dir, name)).catch(() => null);
      if (facts !== null) known.set(name, { bytes: blocksOf(facts.size), writtenMs: facts.mtimeMs });
    }
    drained.note(gone);
    added -= before;
    let bytes = 0;
    let oldestMs = 0;
    for (const file of known.values()) {
      bytes += file.bytes;
      if (oldestMs === 0 || file.writtenMs < oldestMs) oldestMs = file.writtenMs;
    }
    size = { bytes, oldestMs };
  }

  const timer = setInterval(() => {
    if (underWay) return;
    underWay = true;
    void measure()
      .catch((error: unknown) => log.warn({ reason: reasonOf(error) }, 'pushed rows cannot be measured at the moment'))
      .finally(() => (underWay = false));
  }, measureEveryMs);
  timer.unref();

  return {
    add(bytes) {
      added += blocksOf(bytes);
    },
    assert() {
      const bytes = size.bytes + added;
      const ageMs = size.oldestMs === 0 ? 0 : Date.now() - size.oldestMs;
      if (bytes < bytesMax && ageMs < ageMsMax) return;
      const perSecond = drained.bytesPerSecond();
      const seconds = perSecond === 0 ? retryAfterSeconds.unknown : (bytes - bytesMax * (1 - headroom)) / perSecond;
      const said =
        bytes < bytesMax
          ? `the oldest has waited for ${sayMany(Math.round(ageMs / 3_600_000), 'hour')}`
          : `${sayBytes(bytes)} wait, of at most ${sayBytes(bytesMax)}`;
      throw new PerennialError('rate_limited', `Pushed rows wait for the database: ${said}.`, {
        retryAfterSeconds: Math.ceil(Math.min(retryAfterSeconds.max, Math.max(retryAfterSeconds.min, seconds))),
      });
    },
    waiting: () => size,
    close: () => clearInterval(timer),
  };
}

function blocksOf(bytes: number): number {
  return Math.ceil(bytes / blockBytes) * blockBytes;
}

/** Bytes that left within a stretch of time. */
function createDrain(spanMs: number): { note(bytes: number): void; bytesPerSecond(): number } {
  let notes: { readonly atMs: number; readonly bytes: number }[] = [];
  const begunMs = performance.now();
  return {
    note(bytes) {
      const atMs = performance.now();
      notes = [...notes.filter((one) => atMs - one.atMs < spanMs), { atMs, bytes }];
    },
    bytesPerSecond() {
      const nowMs = performance.now();
      const recent = notes.filter(({ atMs }) => nowMs - atMs < spanMs);
      const seconds = Math.min(spanMs, Math.max(1, nowMs - begunMs)) / 1_000;
      return recent.reduce((sum, { bytes }) => sum + bytes, 0) / seconds;
    },
  };
}
