import { closeSync, fsyncSync, openSync, renameSync, writeSync } from 'node:fs';
import { open, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { encodeSegment, segmentSuffix } from './segment-file.ts';
import { timeOrderedId } from './time-ordered-id.ts';

/** fsync before the rename, so that a `.ready` file is whole; then the folder, so that the name survives a power cut. */
export async function writeSegment(dir: string, processId: string, lines: readonly string[]): Promise<void> {
  const segmentId = timeOrderedId();
  const path = join(dir, segmentId);
  const file = await open(path + segmentSuffix.writing, 'wx', 0o600);
  try {
    await file.writeFile(encodeSegment(segmentId, processId, lines));
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(path + segmentSuffix.writing, path + segmentSuffix.ready);
  const folder = await open(dir, 'r');
  await folder.sync().finally(() => folder.close());
}

/** The same, blocking: for the last moment of a process. */
export function writeSegmentSync(dir: string, processId: string, lines: readonly string[]): void {
  const segmentId = timeOrderedId();
  const path = join(dir, segmentId);
  const file = openSync(path + segmentSuffix.writing, 'wx', 0o600);
  try {
    writeSync(file, encodeSegment(segmentId, processId, lines));
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  renameSync(path + segmentSuffix.writing, path + segmentSuffix.ready);
}
