import { readFileSync } from 'node:fs';
import zlib from 'node:zlib';
import * as library from '@platformatic/kafka';
import { expect, test } from 'vitest';
import { isPerennialError } from '../../../domain/words/errors.ts';
import { decompress, unpackedBytesMax } from './decompress.ts';

const codec = { gzip: 1, snappy: 2, lz4: 3, zstd: 4 } as const;
const text = Buffer.from('again and '.repeat(20_000));

/** Blocks as Java frames them. */
function framed(...blocks: readonly Buffer[]): Buffer {
  const head = Buffer.from('\u0082SNAPPY\0\0\0\0\u0001\0\0\0\u0001', 'latin1');
  const length = (block: Buffer): Buffer => Buffer.from(Uint32Array.of(block.length).buffer).swap32();
  return Buffer.concat([head, ...blocks.flatMap((block) => [length(block), block])]);
}

test('what is packed comes back', () => {
  const { snappy, lz4 } = library.compressionsAlgorithms;
  const packed = snappy.compressSync(text);
  const unpacked = (number: number, bytes: Buffer): string => decompress(library, number, bytes).toString();
  expect(unpacked(codec.snappy, packed)).toBe(String(text));
  expect(unpacked(codec.snappy, framed(packed, packed))).toBe(String(text).repeat(2));
  expect(unpacked(codec.lz4, lz4.compressSync(text))).toBe(String(text));
  expect(unpacked(codec.gzip, zlib.gzipSync(text))).toBe(String(text));
  expect(decompress(library, 0, text)).toBe(text);
});

test('zstd comes back on every Node', () => {
  const fixture = (name: string): Buffer =>
    readFileSync(new URL(`../../../../tests/fixtures/zstd/${name}`, import.meta.url));
  expect(decompress(library, codec.zstd, fixture('frames.zst'))).toEqual(fixture('text.csv'));
  expect(() => decompress(library, codec.zstd, fixture('frames.zst').subarray(0, 900))).toThrow('no zstd');
});

test('what is larger than the limit, or says so, is not unpacked', () => {
  const large = Buffer.alloc(unpackedBytesMax + 1);
  const refusal = 'more than 128 MiB';
  expect(() => decompress(library, codec.gzip, zlib.gzipSync(large))).toThrow(refusal);
  const half = library.compressionsAlgorithms.snappy.compressSync(large.subarray(0, unpackedBytesMax / 2 + 1));
  expect(decompress(library, codec.snappy, framed(half)).length).toBe(unpackedBytesMax / 2 + 1);
  expect(() => decompress(library, codec.snappy, framed(half, half))).toThrow(refusal);
  // Raw snappy begins with its length: 2^32 - 1.
  expect(() => decompress(library, codec.snappy, Buffer.of(0xff, 0xff, 0xff, 0xff, 0x0f))).toThrow(refusal);
  // Blocks of at most 4 MiB each: of some of them nobody knows before whether they are so large.
  const lz4 = library.compressionsAlgorithms.lz4.compressSync(Buffer.concat([large, large]));
  expect(() => decompress(library, codec.lz4, lz4)).toThrow(refusal);
});

test('whatever is made up is refused in our words', () => {
  let seed = 7;
  const random = () => (seed = (seed * 48_271) % 2_147_483_647) & 255;
  const { snappy, lz4 } = library.compressionsAlgorithms;
  const whole = [framed(snappy.compressSync(text)), lz4.compressSync(text)] as const;
  for (let round = 0; round < 1_000; round++)
    for (const [index, bytes] of whole.entries()) {
      const noise = Buffer.from(bytes);
      for (let at = 0; at < 3; at++) noise[random() % Math.min(noise.length, 200)] = random();
      try {
        expect(decompress(library, index + codec.snappy, noise).length).toBeLessThanOrEqual(unpackedBytesMax);
      } catch (error) {
        expect(isPerennialError(error) && error.message).toContain('What the broker of the source answers holds');
      }
    }
  expect(() => decompress(library, codec.lz4, Buffer.alloc(0))).toThrow('no lz4');
  expect(() => decompress(library, 5, Buffer.alloc(0))).toThrow('not known');
});
