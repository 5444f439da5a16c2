import { closeSync, openSync, writeSync } from 'node:fs';
import { diskFull, isDiskFull } from '../../domain/words/disk-full.ts';
import { PerennialError } from '../../domain/words/errors.ts';

/** Writes many small pieces to one file through one buffer. */
export interface TextWriter {
  /** A whole number in decimal digits. */
  number(value: number): void;
  byte(value: number): void;
  bytes(source: Buffer, from: number, to: number): void;
  text(value: string): void;
  /** Writes what is left, so that the file holds all of it. */
  flush(): void;
  /** Writes what is left and closes the file; safe to call twice. */
  close(): void;
}

const bufferBytes = 1_048_576;

/**
 * Writes a new file, or behind what it holds (`isContinued`). Throws `unavailable` for a disk that is full, and where
 * more than `bytesMax` would be written.
 */
export function createTextWriter(path: string, bytesMax: number, isContinued = false): TextWriter {
  const buffer = Buffer.allocUnsafe(bufferBytes);
  let file: number | null = openSync(path, isContinued ? 'a' : 'w', 0o600);
  let filled = 0;
  let written = 0;

  function put(bytes: Buffer, from: number, to: number): void {
    written += to - from;
    if (written > bytesMax) throw tooMuch();
    try {
      for (let at = from; at < to;) at += writeSync(file ?? -1, bytes, at, to - at);
    } catch (cause) {
      throw isDiskFull(cause) ? diskFull('the rows of a table', 'the work folder', cause) : cause;
    }
  }

  function room(bytes: number): void {
    if (filled + bytes > bufferBytes) flush();
  }

  function flush(): void {
    put(buffer, 0, filled);
    filled = 0;
  }

  return {
    number(value) {
      room(20);
      let digits = 1;
      for (let rest = value; rest >= 10; rest = Math.floor(rest / 10)) digits++;
      let rest = value;
      for (let at = filled + digits - 1; at >= filled; at--) {
        const next = Math.floor(rest / 10);
        buffer[at] = 48 + rest - next * 10;
        rest = next;
      }
      filled += digits;
    },
    byte(value) {
      room(1);
      buffer[filled++] = value;
    },
    bytes(source, from, to) {
      const length = to - from;
      if (length > bufferBytes) {
        room(bufferBytes);
        put(source, from, to);
        return;
      }
      room(length);
      source.copy(buffer, filled, from, to);
      filled += length;
    },
    text(value) {
      const bytes = Buffer.from(value);
      this.bytes(bytes, 0, bytes.length);
    },
    flush,
    close() {
      if (file === null) return;
      try {
        flush();
      } finally {
        closeSync(file);
        file = null;
      }
    },
  };
}

/** A packed file of some megabytes may hold more than any disk: nobody else's work is to end for want of room. */
function tooMuch(): PerennialError {
  return new PerennialError('unavailable', 'the rows of a table would take more than half of the free disk', {
    path: 'the work folder',
    hint: 'Make room on this disk, or unpack the file and look whether it is what it should be.',
  });
}

/** For a pass that only counts. */
export const nowhere: TextWriter = {
  number: () => undefined,
  byte: () => undefined,
  bytes: () => undefined,
  text: () => undefined,
  flush: () => undefined,
  close: () => undefined,
};
