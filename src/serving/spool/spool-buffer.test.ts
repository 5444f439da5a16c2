import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { encodeRecord } from './segment-file.ts';
import type { Log } from '../../telemetry/log.ts';
import { createSpoolBuffer, type SpoolBuffer } from './spool-buffer.ts';
import { batchLength } from './spool-batch.ts';
import { writeSegment } from './write-segment.ts';
import { eventually } from '../../../tests/worlds/wait.ts';

const log: Log = { info: () => undefined, warn: () => undefined, error: () => undefined };
/** Hundreds of fsyncs on a busy disk. */
const waitMs = 60_000;
let dir: string;
let buffer: SpoolBuffer | undefined;
/** Room of the disk, and the sizes of the batches that were tried on it. */
let bytesFree: number;
let tried: number[];
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'spool-buffer-'));
  bytesFree = Number.POSITIVE_INFINITY;
  tried = [];
});
afterEach(async () => {
  bytesFree = Number.POSITIVE_INFINITY;
  await buffer?.flush().catch(() => undefined);
  buffer?.stop();
  await rm(dir, { recursive: true, force: true });
});

/** A real folder with a limit: what would go over it fails as a full disk does, and leaves nothing. */
async function writeWithin(lines: readonly string[]): Promise<void> {
  tried.push(lines.length);
  const sizes = await Promise.all((await readdir(dir)).map(async (name) => (await stat(join(dir, name))).size));
  const used = sizes.reduce((sum, size) => sum + size, 0);
  if (used + lines.join('\n').length + 200 > bytesFree)
    throw Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
  await writeSegment(dir, 'p', lines);
}
const open = (linesMax = 64, bytesMax = 1_000_000): SpoolBuffer =>
  (buffer = createSpoolBuffer({
    write: writeWithin,
    flushMs: 60_000,
    bounds: { linesMax, bytesMax },
    log,
    retryMs: 5,
  }));
const lineOf = (index: number): string =>
  encodeRecord({
    type: 'label',
    record: {
      labelId: String(index),
      model: 'fraud',
      predictionId: 'x',
      entityHash: null,
      isEntityKeyed: true,
      eventTimeMs: null,
      label: 'fine',
      receivedAtMs: 1,
    },
  });
const numbered = (from: number, to: number): string[] =>
  Array.from({ length: to - from }, (_, index) => lineOf(from + index));

/** Takes away what is there, as the shipper does, and returns its lines in the order of the files. */
async function ship(): Promise<string[]> {
  const names = (await readdir(dir)).filter((name) => name.endsWith('.ready')).toSorted();
  const lines: string[] = [];
  for (const name of names) {
    lines.push(...(await readFile(join(dir, name), 'utf8')).split('\n').slice(1, -2));
    await rm(join(dir, name));
  }
  return lines;
}

test('a backlog becomes files within the bounds, in order', async () => {
  const lines = numbered(0, 200);
  open().add(lines);
  await buffer?.flush();
  expect(tried).toEqual([64, 64, 64, 8]);
  expect(await ship()).toEqual(lines);
});

test('a batch ends at its bytes; a line that is larger goes alone', () => {
  expect(batchLength(['aa', 'bb', 'cc'], { linesMax: 9, bytesMax: 6 })).toBe(2);
  expect(batchLength(['a'.repeat(50), 'b'], { linesMax: 9, bytesMax: 6 })).toBe(1);
  expect(batchLength(['ü', 'ü'], { linesMax: 9, bytesMax: 5 })).toBe(1);
  expect(batchLength([], { linesMax: 9, bytesMax: 6 })).toBe(0);
});

test('a nearly full disk takes what fits; the rest follows when room comes; each line once, in order', async () => {
  const lines = numbered(0, 100);
  bytesFree = 5_000;
  open().add(lines);
  await expect(buffer?.flush()).rejects.toMatchObject({ code: 'unavailable' });
  // Read before room is made: whatever waits is tried again as soon as there is some.
  const waiting = buffer?.size;
  const shipped = await ship();
  expect(shipped.length).toBeGreaterThan(5);
  expect(waiting).toBe(100 - shipped.length);

  // The room that shipping makes is enough: the disk never gets larger.
  await eventually(async () => {
    shipped.push(...(await ship()));
    expect(shipped).toHaveLength(100);
  }, waitMs);
  expect(shipped).toEqual(lines);
});

test('a disk that is quite full is tried with one line per pause, not once per request', async () => {
  bytesFree = 0;
  open().add(numbered(0, 64));
  await expect(buffer?.flush()).rejects.toMatchObject({ code: 'unavailable' });
  tried.length = 0;
  for (let index = 64; index < 164; index++) buffer?.add([lineOf(index)]);
  await eventually(() => expect(tried.length).toBeGreaterThan(2), waitMs);
  expect(new Set(tried)).toEqual(new Set([1]));
  expect(buffer?.size).toBe(164);

  bytesFree = Number.POSITIVE_INFINITY;
  await eventually(() => expect(buffer?.size).toBe(0), waitMs);
  expect(await ship()).toEqual(numbered(0, 164));
  expect(Math.max(...tried)).toBe(64);
});

test('another failure than a full disk is not tried with less', async () => {
  buffer = createSpoolBuffer({
    write: (lines) => {
      tried.push(lines.length);
      return Promise.reject(Object.assign(new Error('EACCES: permission denied'), { code: 'EACCES' }));
    },
    flushMs: 60_000,
    bounds: { linesMax: 64, bytesMax: 1_000_000 },
    log,
    retryMs: 60_000,
  });
  buffer.add(numbered(0, 10));
  await expect(buffer.flush()).rejects.toMatchObject({ code: 'unavailable' });
  expect(tried).toEqual([10]);
  expect(buffer.drain()).toEqual(numbered(0, 10));
});
