import { PerennialError } from '../../domain/words/errors.ts';
import type { Log } from '../../telemetry/log.ts';
import { isDiskFull } from '../../domain/words/disk-full.ts';
import { batchLength, type SegmentBounds } from './spool-batch.ts';
import { reasonOf } from '../../domain/words/reason-of.ts';

export interface SpoolBuffer {
  add(lines: readonly string[]): void;
  /** Resolves when everything added so far is written. Calls that come while one waits for its turn share it. */
  flush(): Promise<void>;
  /** Everything that is not known to be written, taken out. */
  drain(): readonly string[];
  readonly size: number;
  stop(): void;
}

export interface SpoolBufferOptions {
  /** Writes all of the lines or none of them. */
  readonly write: (lines: readonly string[]) => Promise<void>;
  readonly flushMs: number;
  readonly bounds: SegmentBounds;
  readonly log: Log;
  readonly retryMs?: number;
}

/** After a failed write there is no hurry: the disk is full, or someone is moving it. */
const defaultRetryMs = 1_000;

/** How long a write waits for company: long enough for the records of requests that were answered together. */
const gatherMs = 5;
/** Writes that may follow each other at once after a pause. */
const burstMax = 4;

/**
 * Lines in memory, written in batches within `bounds`, one at a time: at once while there is little to do, once per
 * `flushMs` under load, at `linesMax` in any case. No line waits for longer than `flushMs`. A batch that was written is
 * forgotten before the next one begins; one that failed keeps its lines and their order. A full disk halves the batches
 * down to a single line, and every batch that finds room doubles them again.
 */
export function createSpoolBuffer(options: SpoolBufferOptions): SpoolBuffer {
  const { bounds, retryMs = defaultRetryMs } = options;
  let pending: string[] = [];
  let inHand: readonly string[] = [];
  let linesNow = bounds.linesMax;
  let isFailing = false;
  let timer: NodeJS.Timeout | undefined;
  let queued: Promise<void> | null = null;
  let tail: Promise<void> = Promise.resolve();
  const pace = createPace(options.flushMs);

  /** Returns how many lines were written: none when the disk was full and a smaller batch may fit. */
  const writeBatch = async (linesMax: number): Promise<number> => {
    const count = batchLength(pending, { ...bounds, linesMax });
    inHand = pending.slice(0, count);
    pending = pending.slice(count);
    try {
      await options.write(inHand);
      linesNow = Math.min(bounds.linesMax, linesNow * 2);
      isFailing = false;
      return count;
    } catch (error) {
      pending = [...inHand, ...pending];
      if (!isDiskFull(error)) throw error;
      linesNow = Math.max(1, Math.floor(count / 2));
      if (count === 1) throw error;
      return 0;
    } finally {
      inHand = [];
    }
  };
  const write = async (): Promise<void> => {
    // What comes meanwhile is the next flush's: nobody would wait for an end that moves.
    let left = pending.length;
    try {
      // oxlint-disable-next-line no-await-in-loop -- the order of the files is the order of the lines
      while (left > 0) left -= await writeBatch(Math.min(left, linesNow));
    } catch (error) {
      options.log.error({ reason: reasonOf(error), records: pending.length }, 'the spool cannot be written');
      isFailing = true;
      flushAfter(retryMs);
      throw new PerennialError('unavailable', 'the log on disk cannot be written at the moment', { cause: error });
    }
  };
  const flush = (): Promise<void> => {
    if (queued !== null) return queued;
    const next = tail.then(() => {
      queued = null;
      return write();
    });
    queued = next;
    tail = next.catch(() => undefined);
    return next;
  };
  const flushAfter = (ms: number): void => {
    timer ??= setTimeout(() => {
      timer = undefined;
      pace.spend();
      void flush().catch(() => undefined);
    }, ms);
  };
  return {
    add(lines) {
      for (const line of lines) pending.push(line);
      if (pending.length === 0) return;
      // With a disk that refuses, the timer tries; a try per request would only heat it.
      if (isFailing) flushAfter(retryMs);
      else if (pending.length >= bounds.linesMax) void flush().catch(() => undefined);
      else flushAfter(pace.untilNextMs());
    },
    flush,
    drain() {
      const lines = [...inHand, ...pending];
      pending = [];
      return lines;
    },
    get size() {
      return inHand.length + pending.length;
    },
    stop: () => clearTimeout(timer),
  };
}

/** One write more every `flushMs`, up to a burst. */
function createPace(flushMs: number): { untilNextMs(): number; spend(): void } {
  let writesLeft = burstMax;
  let countedAtMs = performance.now();
  const untilNextMs = (): number => {
    const nowMs = performance.now();
    writesLeft = Math.min(burstMax, writesLeft + (nowMs - countedAtMs) / flushMs);
    countedAtMs = nowMs;
    return writesLeft >= 1 ? Math.min(gatherMs, flushMs) : (1 - writesLeft) * flushMs;
  };
  return {
    untilNextMs,
    spend() {
      untilNextMs();
      writesLeft = Math.max(0, writesLeft - 1);
    },
  };
}
