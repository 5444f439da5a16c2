import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { open, rename, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { encodeSegment, segmentSuffix } from './segment-file.ts';
import { isDiskFull } from '../../domain/words/disk-full.ts';
import { batchLength, type SegmentBounds } from './spool-batch.ts';
import { timeOrderedId } from '../edge/time-ordered-id.ts';

/** Lines as a new segment, durable when it resolves. */
export function writeSegment(dir: string, processId: string, lines: readonly string[]): Promise<void> {
  const segmentId = timeOrderedId();
  return placeSegment(dir, segmentId + segmentSuffix.ready, { segmentId, processId, lines });
}

export interface SegmentLines {
  readonly segmentId: string;
  readonly processId: string;
  readonly lines: readonly string[];
}

/**
 * fsync before the rename, so that the file of that name is whole; then the folder, so that the name survives a power
 * cut. What was half-written on a full disk is removed: it would hold the room that the next try needs, and be salvaged
 * as a second copy.
 */
export async function placeSegment(
  dir: string,
  name: string,
  { segmentId, processId, lines }: SegmentLines,
): Promise<void> {
  // Not of the segment's name: two may place the same one at once.
  const writing = join(dir, timeOrderedId() + segmentSuffix.writing);
  const file = await open(writing, 'wx', 0o600);
  try {
    try {
      await file.writeFile(encodeSegment(segmentId, processId, lines));
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(writing, join(dir, name));
  } catch (error) {
    await unlink(writing).catch(() => undefined);
    throw error;
  }
  const folder = await open(dir, 'r');
  await folder.sync().finally(() => folder.close());
}

/**
 * The same for all lines, blocking, for the last moment of a process: as many segments as it takes. Returns how many
 * lines found room.
 */
export function writeSegmentsSync(
  dir: string,
  processId: string,
  lines: readonly string[],
  bounds: SegmentBounds,
): number {
  let written = 0;
  let linesMax = bounds.linesMax;
  while (written < lines.length) {
    const rest = lines.slice(written, written + linesMax);
    const batch = rest.slice(0, batchLength(rest, { ...bounds, linesMax }));
    try {
      writeSegmentSync(dir, processId, batch);
      written += batch.length;
    } catch (error) {
      if (!isDiskFull(error)) throw error;
      if (batch.length === 1) break;
      linesMax = Math.floor(batch.length / 2);
    }
  }
  return written;
}

function writeSegmentSync(dir: string, processId: string, lines: readonly string[]): void {
  const segmentId = timeOrderedId();
  const path = join(dir, segmentId);
  const writing = path + segmentSuffix.writing;
  const file = openSync(writing, 'wx', 0o600);
  try {
    try {
      // Not writeSync: on a nearly full disk that writes a part and says nothing.
      writeFileSync(file, encodeSegment(segmentId, processId, lines));
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(writing, path + segmentSuffix.ready);
  } catch (error) {
    rmSync(writing, { force: true });
    throw error;
  }
}
