import { PerennialError } from '../domain/errors.ts';
import type { Log } from './ports.ts';
import { reasonOf } from './version-host.ts';

export interface LineBuffer {
  add(lines: readonly string[]): void;
  /** Resolves when everything added so far is written. Calls that come while one waits for its turn share it. */
  flush(): Promise<void>;
  /** Everything that is not known to be written, taken out. */
  drain(): readonly string[];
  readonly size: number;
  stop(): void;
}

export interface LineBufferOptions {
  readonly write: (lines: readonly string[]) => Promise<void>;
  readonly flushMs: number;
  readonly linesMax: number;
  readonly log: Log;
}

/** After a failed write there is no hurry: the disk is full, or someone is moving it. */
const retryMs = 1_000;

/** Long enough for the records of requests that were answered together. */
const gatherMs = 5;
/** Writes that may follow each other at once after a pause. */
const burstMax = 4;

/**
 * Lines in memory, written one batch at a time: at once while there is little to do, once per `flushMs` under load, at
 * `linesMax` in any case. No line waits for longer than `flushMs`. A failed write keeps its lines.
 */
export function createLineBuffer(options: LineBufferOptions): LineBuffer {
  let pending: string[] = [];
  let inHand: readonly string[] = [];
  let timer: NodeJS.Timeout | undefined;
  let queued: Promise<void> | null = null;
  let tail: Promise<void> = Promise.resolve();
  let writesLeft = burstMax;
  let countedAtMs = performance.now();

  const write = async (): Promise<void> => {
    if (pending.length === 0) return;
    inHand = pending;
    pending = [];
    try {
      await options.write(inHand);
    } catch (error) {
      pending = [...inHand, ...pending];
      options.log.error({ reason: reasonOf(error), records: pending.length }, 'the spool cannot be written');
      flushAfter(retryMs);
      throw new PerennialError('unavailable', 'the log on disk cannot be written at the moment', { cause: error });
    } finally {
      inHand = [];
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
  /** One write more every `flushMs`, up to a burst. */
  const untilNextWriteMs = (): number => {
    const nowMs = performance.now();
    writesLeft = Math.min(burstMax, writesLeft + (nowMs - countedAtMs) / options.flushMs);
    countedAtMs = nowMs;
    return writesLeft >= 1 ? Math.min(gatherMs, options.flushMs) : (1 - writesLeft) * options.flushMs;
  };
  const flushAfter = (ms: number): void => {
    timer ??= setTimeout(() => {
      timer = undefined;
      untilNextWriteMs();
      writesLeft = Math.max(0, writesLeft - 1);
      void flush().catch(() => undefined);
    }, ms);
  };
  return {
    add(lines) {
      pending.push(...lines);
      if (pending.length >= options.linesMax) void flush().catch(() => undefined);
      else if (pending.length > 0) flushAfter(untilNextWriteMs());
    },
    flush,
    drain() {
      const lines = [...inHand, ...pending];
      pending = [];
      return lines;
    },
    get size() {
      return pending.length;
    },
    stop: () => clearTimeout(timer),
  };
}
