import { closeSync, fsyncSync, mkdirSync, openSync, renameSync, writeSync } from 'node:fs';
import { open, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { PerennialError } from '../domain/errors.ts';
import type { SpoolRecord } from '../domain/records.ts';
import type { Log } from './ports.ts';
import { encodeRecord, encodeSegment, segmentSuffix } from './segment-file.ts';
import { measureSpool } from './spool-size.ts';
import { timeOrderedId } from './time-ordered-id.ts';
import { reasonOf } from './version-host.ts';

/**
 * The log of one process on its way to Postgres: records become whole, fsynced files. On a crash at most `flushMs` of
 * answered predictions are lost; a label is acknowledged only after `flushNow`.
 */
export interface Spool {
  /** Keeps a place in the log; what fills it later stands there, before everything reserved afterwards. Fill exactly once. */
  reserve(): (records: readonly SpoolRecord[]) => void;
  append(records: readonly SpoolRecord[]): void;
  /** Resolves when everything reserved so far is on disk; rejects (`unavailable`) when it could not be written now. */
  flushNow(): Promise<void>;
  /** For the end of the process only: blocks. */
  flushSync(): void;
  /** Throws `overloaded` when the spool has reached a bound. */
  assertRoom(): void;
  close(): Promise<void>;
}

export interface SpoolOptions {
  readonly dir: string;
  readonly processId: string;
  readonly flushMs: number;
  readonly log: Log;
  /** Records that cause a flush before `flushMs` is over. */
  readonly recordsPerSegment?: number;
  /** Records in memory (while the disk refuses) beyond which nothing more is taken in. */
  readonly recordsMax?: number;
  readonly bytesMax?: number;
  readonly ageMsMax?: number;
}

interface Place {
  lines: readonly string[] | null;
}

const measureEveryMs = 1_000;

export function createSpool(options: SpoolOptions): Spool {
  const recordsPerSegment = options.recordsPerSegment ?? 4_096;
  const recordsMax = options.recordsMax ?? 65_536;
  const bytesMax = options.bytesMax ?? 1_073_741_824;
  const ageMsMax = options.ageMsMax ?? 86_400_000;
  mkdirSync(options.dir, { recursive: true, mode: 0o700 });

  const places: Place[] = [];
  const waitingForPlaces: { readonly last: Place; readonly go: () => void }[] = [];
  let pending: string[] = [];
  let inHand: readonly string[] = [];
  let timer: NodeJS.Timeout | undefined;
  let queued: Promise<void> | null = null;
  let tail: Promise<void> = Promise.resolve();
  let disk = { bytes: 0, oldestMs: 0 };

  const measure = setInterval(() => {
    void measureSpool(options.dir).then((size) => {
      disk = size;
    });
  }, measureEveryMs);
  measure.unref();

  const fill = (place: Place, records: readonly SpoolRecord[]): void => {
    place.lines = records.map(encodeRecord);
    for (let head = places[0]; head !== undefined && head.lines !== null; head = places[0]) {
      places.shift();
      pending.push(...head.lines);
      while (waitingForPlaces[0]?.last === head) waitingForPlaces.shift()?.go();
    }
    if (pending.length >= recordsPerSegment) void flush().catch(() => undefined);
    else if (pending.length > 0) arm(options.flushMs);
  };
  const arm = (afterMs: number): void => {
    timer ??= setTimeout(() => {
      timer = undefined;
      void flush().catch(() => undefined);
    }, afterMs);
  };
  // Calls that come while a flush waits for its turn join it: one fsync serves them all.
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
  const write = async (): Promise<void> => {
    const lines = pending;
    if (lines.length === 0) return;
    pending = [];
    inHand = lines;
    try {
      await writeSegment(options, lines);
      inHand = [];
    } catch (error) {
      inHand = [];
      pending = [...lines, ...pending];
      options.log.error({ reason: reasonOf(error), records: pending.length }, 'the spool cannot be written');
      arm(1_000);
      throw new PerennialError('unavailable', 'the log on disk cannot be written at the moment', { cause: error });
    }
  };
  const allPlacesFilled = (): Promise<void> => {
    const last = places.at(-1);
    if (last === undefined) return Promise.resolve();
    return new Promise((go) => waitingForPlaces.push({ last, go }));
  };

  return {
    reserve() {
      const place: Place = { lines: null };
      places.push(place);
      return (records) => fill(place, records);
    },
    append(records) {
      const place: Place = { lines: null };
      places.push(place);
      fill(place, records);
    },
    async flushNow() {
      await allPlacesFilled();
      await flush();
    },
    flushSync() {
      // A file that is half-written now will stay so. Should it be whole after all, ids make its records count once.
      const lines = [...inHand, ...pending, ...places.flatMap((place) => place.lines ?? [])];
      pending = [];
      if (lines.length > 0) writeSegmentSync(options, lines);
    },
    assertRoom() {
      if (pending.length + places.length > recordsMax || disk.bytes > bytesMax) throw new PerennialError('overloaded', 'the prediction log is full: Postgres has not taken it for too long');
      if (disk.oldestMs > 0 && Date.now() - disk.oldestMs > ageMsMax) throw new PerennialError('overloaded', 'the prediction log is too old: Postgres has not taken it for too long');
    },
    async close() {
      clearInterval(measure);
      await allPlacesFilled();
      await flush();
      clearTimeout(timer);
    },
  };
}

/** fsync before the rename, so that a `.ready` file is whole; then the folder, so that the name survives a power cut. */
async function writeSegment(options: Pick<SpoolOptions, 'dir' | 'processId'>, lines: readonly string[]): Promise<void> {
  const segmentId = timeOrderedId();
  const path = join(options.dir, segmentId);
  const file = await open(path + segmentSuffix.writing, 'wx', 0o600);
  try {
    await file.writeFile(encodeSegment(segmentId, options.processId, lines));
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(path + segmentSuffix.writing, path + segmentSuffix.ready);
  const folder = await open(options.dir, 'r');
  await folder.sync().finally(() => folder.close());
}

function writeSegmentSync(options: Pick<SpoolOptions, 'dir' | 'processId'>, lines: readonly string[]): void {
  const segmentId = timeOrderedId();
  const path = join(options.dir, segmentId);
  const file = openSync(path + segmentSuffix.writing, 'wx', 0o600);
  try {
    writeSync(file, encodeSegment(segmentId, options.processId, lines));
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  renameSync(path + segmentSuffix.writing, path + segmentSuffix.ready);
}
