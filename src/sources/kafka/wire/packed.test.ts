import zlib from 'node:zlib';
import { expect, test } from 'vitest';
import { crc32c } from './crc32c.ts';
import { decompress, unpackedBytesMax } from './decompress.ts';
import { lz4Frame } from './lz4.ts';
import { snappy } from './snappy.ts';

const codec = { gzip: 1, snappy: 2, lz4: 3 } as const;

test('the checksum is that of RFC 3720', () => {
  expect(crc32c(Buffer.from('123456789'))).toBe(0xe3069283);
  expect(crc32c(Buffer.alloc(32))).toBe(0x8a9136aa);
});

test('what says that it is larger than the limit is not unpacked', () => {
  expect(() => decompress(codec.gzip, zlib.gzipSync(Buffer.alloc(unpackedBytesMax + 1)))).toThrow('more than 128 MiB');
  // Raw snappy begins with its length: 2^32 - 1.
  expect(() => decompress(codec.snappy, Buffer.of(0xff, 0xff, 0xff, 0xff, 0x0f))).toThrow('more than 128 MiB');
  const literals = Buffer.of(0x40, 1, 2, 3, 4);
  expect([...snappyOf(4, [12, 1, 2, 3, 4])]).toEqual([1, 2, 3, 4]);
  expect([...lz4Frame(lz4Of(literals), 4)]).toEqual([1, 2, 3, 4]);
  expect(() => lz4Frame(lz4Of(literals), 3)).toThrow('too large');
});

test('copies that reach outside, and whatever else is made up, are refused and nothing else is thrown', () => {
  expect(() => snappyOf(8, [0, 1, 0x05, 9])).toThrow('outside');
  expect(() => snappyOf(2, [0, 1])).toThrow('not as long');
  expect(() => lz4Frame(lz4Of(Buffer.of(0x10, 1, 9, 0)), 100)).toThrow('outside');
  let seed = 7;
  const random = () => (seed = (seed * 48_271) % 2_147_483_647) & 255;
  const whole = lz4Of(Buffer.of(0x42, 1, 2, 3, 4, 2, 0, 0x10, 5));
  for (let round = 0; round < 3_000; round++) {
    const noise = Buffer.from(whole);
    noise[7 + (random() % (noise.length - 7))] = random();
    for (const unpack of [() => lz4Frame(noise, 10_000), () => snappy(noise.subarray(7), 10_000)])
      try {
        expect(unpack().length).toBeLessThanOrEqual(10_000);
      } catch (error) {
        expect(error).toBeInstanceOf(RangeError);
      }
  }
  expect(() => decompress(5, Buffer.alloc(0))).toThrow('not known');
});

function snappyOf(length: number, bytes: readonly number[]): Buffer {
  return snappy(Buffer.of(length, ...bytes), 1_000);
}

/** One frame of one block: independent, of at most 64 KiB. */
function lz4Of(block: Buffer): Buffer {
  const head = Buffer.of(0x04, 0x22, 0x4d, 0x18, 0x60, 0x40, 0x82);
  const length = Buffer.alloc(4);
  length.writeUInt32LE(block.length);
  return Buffer.concat([head, length, block, Buffer.alloc(4)]);
}
