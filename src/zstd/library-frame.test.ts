import { setImmediate } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { Decompress } from 'fzstd';
import { afterEach, expect, test, vi } from 'vitest';
import { FrameReader } from './frame-reader.ts';

afterEach(() => void vi.restoreAllMocks());

const mib = 1024 ** 2;
/** Of a frame without a size and a checksum, for a window of 8 MiB. */
const head = Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0, 13 << 3]);
const kinds = { plain: 0, repeated: 1, packed: 2 } as const;

function block(kind: keyof typeof kinds, content: Uint8Array, length = content.length, isLast = false): Buffer {
  const header = Buffer.alloc(3);
  header.writeUIntLE((length << 3) | (kinds[kind] << 1) | Number(isLast), 0, 3);
  return Buffer.concat([header, content]);
}

const last = block('plain', Buffer.alloc(0), 0, true);
const copiedBytes = 34;

/** No literal, and 34 bytes from so far back: its offset is a power of two and so many bits (RFC 8878, 3.1.1.3.2). */
function copyFrom(distance: number): Buffer {
  const offset = distance + 3;
  const bits = 31 - Math.clz32(offset);
  const stream = Buffer.alloc(Math.floor(bits / 8) + 1);
  // The bit above those of the offset is the one that the stream begins below.
  stream.writeUIntLE(offset, 0, stream.length);
  return block('packed', Buffer.concat([Buffer.from([0, 1, 0x54, 0, bits, copiedBytes - 3]), stream]));
}

function unpack(frame: Buffer): Buffer {
  const reader = new FrameReader(null);
  const unpacked = Buffer.concat([...reader.read(frame)]);
  reader.end();
  return unpacked;
}

test('what is copied from megabytes before is what stood there', () => {
  const blocks: Buffer[] = [];
  const expected: Buffer[] = [];
  let length = 0;
  const add = (made: Buffer, bytes: Buffer): void => {
    blocks.push(made);
    expected.push(bytes);
    length += bytes.length;
  };
  const words = Buffer.from('What stands at some place, and is not what stands beside it.');
  const places: number[] = [];
  const copy = (place: number): void => add(copyFrom(length - place), words.subarray(0, copiedBytes));
  for (const more of [0, 1, 2, 4, 16, 30, 10, 40, 70]) {
    for (let left = more; left > 0; left--)
      add(block('repeated', Buffer.from([left & 255]), 131_072), Buffer.alloc(131_072, left & 255));
    for (const place of places) if (length - place <= 8 * mib) copy(place);
    places.push(length);
    add(block('plain', words), words);
  }
  // As far back as the window reaches.
  const newest = places.at(-1) ?? 0;
  while (length - newest < 8 * mib) {
    const pad = Buffer.alloc(Math.min(131_072, 8 * mib - (length - newest)), 7);
    add(block('plain', pad), pad);
  }
  copy(newest);
  const unpacked = unpack(Buffer.concat([head, ...blocks, last]));
  expect(unpacked.length).toBe(length);
  expect(unpacked.equals(Buffer.concat(expected))).toBe(true);
});

test('many small blocks of a wide window move few bytes', () => {
  let moved = 0;
  const typed: Uint8Array = Object.getPrototypeOf(Uint8Array.prototype);
  const { copyWithin } = typed;
  vi.spyOn(typed, 'copyWithin').mockImplementation(function (this: Uint8Array, ...places) {
    moved += this.length;
    return Reflect.apply(copyWithin, this, places);
  });
  const wide = Array.from({ length: 64 }, () => block('repeated', Buffer.from([1]), 131_072));
  const small = Array.from({ length: 300 }, (_, n) => block('repeated', Buffer.from([n & 255]), 1));
  const unpacked = unpack(Buffer.concat([head, ...wide, ...small, last]));
  expect(unpacked.length).toBe(8 * mib + 300);
  expect(moved).toBeLessThan(2 * unpacked.length);
});

test('of a long frame no more is held than what it may look back to', async () => {
  setFlagsFromString('--expose_gc');
  const collect: unknown = runInNewContext('gc');
  const heldBytes = (): number => {
    if (typeof collect === 'function') collect();
    return process.memoryUsage().arrayBuffers;
  };
  const reader = new FrameReader(null);
  expect([...reader.read(head)]).toEqual([]);
  const before = heldBytes();
  let unpacked = 0;
  for (let count = 0; count < 512; count++)
    for (const bytes of reader.read(block('plain', Buffer.alloc(131_072, count & 255)))) unpacked += bytes.length;
  expect(unpacked).toBe(64 * mib);
  // What was let go is counted until it has been swept, beside this thread.
  let held = heldBytes() - before;
  for (let turn = 0; turn < 200 && held >= 16 * mib; turn++) {
    // oxlint-disable-next-line no-await-in-loop -- until it is swept
    await setImmediate();
    held = heldBytes() - before;
  }
  expect(held).toBeLessThan(16 * mib);
  // It is used behind the question, so that it was held.
  expect([...reader.read(last)]).toEqual([]);
  reader.end();
});

test('a library that holds its window by another name is refused, for its copies would be zeros', () => {
  const { push } = Decompress.prototype;
  vi.spyOn(Decompress.prototype, 'push').mockImplementation(function (this: object, ...given) {
    Reflect.apply(push, this, given);
    const begun: unknown = Reflect.get(this, 's');
    if (typeof begun === 'object' && begun !== null) Reflect.deleteProperty(begun, 'e');
  });
  expect(() => unpack(Buffer.concat([head, block('plain', Buffer.from('ab')), last]))).toThrow('fzstd');
});
