import { mkdirSync } from 'node:fs';
import { PerennialError } from '../../domain/words/errors.ts';
import type { SpoolRecord } from '../../domain/record/records.ts';
import { reasonOf } from '../../domain/words/reason-of.ts';
import { createOrderedPlaces } from './ordered-places.ts';
import type { Log } from '../../telemetry/log.ts';
import { encodeRecord } from './segment-file.ts';
import type { SegmentBounds } from './spool-batch.ts';
import { createSpoolBuffer } from './spool-buffer.ts';
import { createSpoolMeasure, type SpoolSize } from './spool-size.ts';
import { writeSegment, writeSegmentsSync } from './write-segment.ts';

/**
 * The log of one process on its way to Postgres: records become whole, fsynced files. On a crash at most `flushMs` of
 * answered predictions are lost; a label is acknowledged only after `flushNow`.
 */
export interface Spool {
  /**
   * Keeps a place in the log; what fills it later stands there, before everything reserved afterwards. Fill exactly
   * once.
   */
  reserve(): (records: readonly SpoolRecord[]) => void;
  append(records: readonly SpoolRecord[]): void;
  /** Resolves when everything reserved so far is on disk; rejects (`unavailable`) when it could not be written now. */
  flushNow(): Promise<void>;
  /** For the end of the process only: blocks. */
  flushSync(): void;
  /** Throws `overloaded` when the spool has reached a bound. */
  assertRoom(): void;
  /** What waits for Postgres, as measured within the last second. */
  waiting(): SpoolSize;
  close(): Promise<void>;
}

export interface SpoolOptions {
  readonly dir: string;
  readonly processId: string;
  readonly flushMs: number;
  readonly log: Log;
  /** Records that cause a flush before `flushMs` is over; no file has more. */
  readonly recordsPerSegment?: number;
  /** No file is larger, but for a single record that is. */
  readonly bytesPerSegment?: number;
  /** Records in memory (while the disk refuses) beyond which nothing more is taken in. */
  readonly recordsMax?: number;
  readonly bytesMax?: number;
  readonly ageMsMax?: number;
}

const measureEveryMs = 1_000;

export function createSpool(options: SpoolOptions): Spool {
  const { dir, processId, flushMs, log } = options;
  const recordsMax = options.recordsMax ?? 65_536;
  const bytesMax = options.bytesMax ?? 1_073_741_824;
  const ageMsMax = options.ageMsMax ?? 86_400_000;
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  const bounds: SegmentBounds = {
    linesMax: options.recordsPerSegment ?? 4_096,
    bytesMax: options.bytesPerSegment ?? 4_194_304,
  };
  const buffer = createSpoolBuffer({ write: (lines) => writeSegment(dir, processId, lines), flushMs, bounds, log });
  const places = createOrderedPlaces<string>((lines) => buffer.add(lines));
  let disk: SpoolSize = { bytes: 0, oldestMs: 0 };
  const measureSpool = createSpoolMeasure(dir);
  const measure = setInterval(() => {
    measureSpool().then(
      (size) => (disk = size),
      (error: unknown) => log.warn({ reason: reasonOf(error) }, 'the spool cannot be measured at the moment'),
    );
  }, measureEveryMs);
  measure.unref();

  const reserve = (): ((records: readonly SpoolRecord[]) => void) => {
    const fill = places.reserve();
    return (records) => fill(records.map(encodeRecord));
  };
  const flushNow = async (): Promise<void> => {
    await places.allFilled();
    await buffer.flush();
  };
  return {
    reserve,
    append: (records) => reserve()(records),
    flushNow,
    flushSync() {
      // A file that is half-written now will stay so. Should it be whole after all, ids make its records count once.
      const lines = [...buffer.drain(), ...places.heldUp()];
      const written = writeSegmentsSync(dir, processId, lines, bounds);
      if (written < lines.length)
        log.error(
          { records: lines.length - written },
          'the disk is full at the end of the process: these records are lost',
        );
    },
    assertRoom() {
      const isLate = disk.oldestMs > 0 && Date.now() - disk.oldestMs > ageMsMax;
      if (isLate || buffer.size + places.waiting > recordsMax || disk.bytes > bytesMax) {
        throw new PerennialError(
          'overloaded',
          'the prediction log is full: it has not reached the database for too long',
        );
      }
    },
    waiting: () => disk,
    async close() {
      clearInterval(measure);
      await flushNow();
      buffer.stop();
    },
  };
}
