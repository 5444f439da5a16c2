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

/**
 * Lines in memory, written at most once per `flushMs` or at `linesMax`, one write at a time: after a pause the first
 * ones go at once, under load each waits for at most `flushMs`. A failed write keeps its lines.
 */
export function createLineBuffer(options: LineBufferOptions): LineBuffer {
  let pending: string[] = [];
  let inHand: readonly string[] = [];
  let timer: NodeJS.Timeout | undefined;
  let queued: Promise<void> | null = null;
  let tail: Promise<void> = Promise.resolve();
  let writtenAtMs = Number.NEGATIVE_INFINITY;

  const write = async (): Promise<void> => {
    if (pending.length === 0) return;
    inHand = pending;
    pending = [];
    writtenAtMs = performance.now();
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
  const flushAfter = (ms: number): void => {
    timer ??= setTimeout(() => {
      timer = undefined;
      void flush().catch(() => undefined);
    }, ms);
  };
  return {
    add(lines) {
      pending.push(...lines);
      if (pending.length >= options.linesMax) void flush().catch(() => undefined);
      else if (pending.length > 0) flushAfter(Math.max(Math.min(gatherMs, options.flushMs), writtenAtMs + options.flushMs - performance.now()));
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
