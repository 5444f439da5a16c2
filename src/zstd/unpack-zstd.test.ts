import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { Readable } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { unpackZstd, unpackZstdMessage } from './unpack-zstd.ts';

// Packed by python-zstandard 0.25.0: `checked` at level 19 as one frame with a checksum, `frames` as four (one with a
// checksum, one without its size, an empty one) with a skippable one among them, `wide-window` with --long=28, and
// `far-matches` at level 19 for a window of 8 MiB with matches of 32 bytes from all of it (`enable_ldm`).
const fixture = (name: string): Buffer => readFileSync(new URL(`../../tests/fixtures/zstd/${name}`, import.meta.url));
const text = fixture('text.csv');
const bytesMax = 1_000_000;

const unpack = async (packed: Buffer, chunkBytes = 65_536): Promise<Buffer> => {
  const chunks: Buffer[] = [];
  for (let at = 0; at < packed.length; at += chunkBytes) chunks.push(packed.subarray(at, at + chunkBytes));
  const blocks: Uint8Array[] = [];
  for await (const block of unpackZstd(Readable.from(chunks))) blocks.push(block);
  return Buffer.concat(blocks);
};

/** A frame of blocks that each stand for one byte, 128 KiB times: four bytes for each. */
function bomb(blocks: number): Buffer {
  const header = Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0, 0x38]);
  const block = (isLast: boolean): Buffer => {
    const bytes = Buffer.alloc(4);
    bytes.writeUIntLE(((128 * 1024) << 3) | 2 | Number(isLast), 0, 3);
    return bytes;
  };
  return Buffer.concat([header, ...Array.from({ length: blocks }, (_, n) => block(n === blocks - 1))]);
}

describe('what is packed comes back', () => {
  test.each([1, 2, 7, 1_000, 65_536])('in chunks of %i bytes', async (chunkBytes) => {
    expect(await unpack(fixture('checked.zst'), chunkBytes)).toEqual(text);
    expect(await unpack(fixture('frames.zst'), chunkBytes)).toEqual(text);
  });

  test('from megabytes before, and in blocks that the tools make', async () => {
    const word = (n: number): Buffer => createHash('sha256').update(String(n)).digest();
    const words = Array.from({ length: 96 }, (_, n) => word(n));
    const near = words.flatMap((each) => [each, Buffer.alloc(65_536)]);
    const far = words.flatMap((_, n) => [word((n * 37) % 96), Buffer.of(n)]);
    const unpacked = await unpack(fixture('far-matches.zst'));
    expect(unpacked.equals(Buffer.concat([...near, ...far]))).toBe(true);
  });

  test('as one message', () => {
    expect(unpackZstdMessage(fixture('checked.zst'), bytesMax)).toEqual(text);
    expect(unpackZstdMessage(fixture('frames.zst'), text.length)).toEqual(text);
  });

  test('a frame that ends with an empty block, as streams end', async () => {
    const header = Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0, 0x38]);
    const block = (words: string, isLast: boolean): Buffer => {
      const head = Buffer.alloc(3);
      head.writeUIntLE((words.length << 3) | Number(isLast), 0, 3);
      return Buffer.concat([head, Buffer.from(words)]);
    };
    const frame = Buffer.concat([header, block('first, ', false), block('second', false), block('', true)]);
    expect(String(await unpack(Buffer.concat([frame, frame])))).toBe('first, secondfirst, second');
    expect(String(unpackZstdMessage(frame, bytesMax))).toBe('first, second');
  });

  test('nothing is nothing', async () => {
    expect(await unpack(Buffer.alloc(0))).toEqual(Buffer.alloc(0));
  });
});

describe('what is not as it was packed is refused', () => {
  const packed = fixture('checked.zst');

  test('torn after any of its bytes', async () => {
    const taken: number[] = [];
    for (let length = 1; length < packed.length; length++) {
      const torn = packed.subarray(0, length);
      const outcomes = [unpack(torn), new Promise((resolve) => resolve(unpackZstdMessage(torn, bytesMax)))];
      const isTaken = (await Promise.allSettled(outcomes)).some(({ status }) => status === 'fulfilled');
      if (isTaken) taken.push(length);
    }
    expect(taken).toEqual([]);
  });

  test('one bit turned, anywhere', async () => {
    const others: number[] = [];
    let refused = 0;
    let turned = 0;
    for (let bit = 0; bit < packed.length * 8; bit += bit < 512 ? 1 : 19, turned++) {
      const damaged = Buffer.from(packed);
      damaged[bit >> 3] = (damaged[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      const outcome = await unpack(damaged).catch(() => null);
      if (outcome === null) refused++;
      else if (!outcome.equals(text)) others.push(bit);
    }
    expect(others, 'bits that give another text unseen').toEqual([]);
    // Some bits of a header, as the size of the window, may be others without a difference.
    expect(refused / turned).toBeGreaterThan(0.95);
  });

  test('bytes behind the last frame', async () => {
    await expect(unpack(Buffer.concat([packed, Buffer.from('tail')]))).rejects.toThrow('no frame');
  });

  test('a window of more than 128 MiB, with the reason', async () => {
    await expect(unpack(fixture('wide-window.zst'))).rejects.toMatchObject({
      code: 'unsupported',
      message: expect.stringContaining('a window of more than 128 MiB'),
    });
  });
});

/** A frame of one packed block, for a window of 128 KiB. */
function packedBlock(...bytes: readonly number[]): Buffer {
  const header = Buffer.alloc(3);
  header.writeUIntLE((bytes.length << 3) | 4 | 1, 0, 3);
  return Buffer.concat([Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0, 0x38]), header, Buffer.from(bytes)]);
}

describe('a block that says more than it holds is refused before it keeps anybody busy', () => {
  // One literal, 98,047 sequences that all have one code, and a bit or two.
  test.each([
    ['copies without the bits that say how many', 52],
    ['copies of more than a block may hold', 31],
  ])('%s', (_, matchCode) => {
    const bomb = packedBlock(0x08, 0x61, 0xff, 0xff, 0xff, 0x54, 0, 0, matchCode, 1);
    expect(() => unpackZstdMessage(bomb, bytesMax)).toThrow(RangeError);
  });

  test('weights of a tree that need no bits, and so never end', () => {
    const sizes = Buffer.alloc(3);
    sizes.writeUIntLE(2 | (1 << 4) | (6 << 14), 0, 3);
    // A table of one symbol, which fills all states.
    const endless = packedBlock(...sizes, 4, 0xf0, 0x03, 0x00, 0x80, 1, 0);
    expect(() => unpackZstdMessage(endless, bytesMax)).toThrow('too many weights');
  });

  test('an offset of more bits than the library takes', () => {
    const far = packedBlock(0x08, 0x61, 1, 0x54, 0, 26, 0, 0, 0, 0, 0x04);
    expect(() => unpackZstdMessage(far, bytesMax)).toThrow(expect.objectContaining({ code: 'unsupported' }));
  });
});

test.each([
  ['fewer', 5],
  ['more', 2],
])('a frame that holds %s bytes than it says is refused', (_, said) => {
  const frame = Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0x20, said, (3 << 3) | 1, 0, 0, 1, 2, 3]);
  expect(() => unpackZstdMessage(frame, bytesMax)).toThrow(RangeError);
  frame[5] = 3;
  expect(unpackZstdMessage(frame, bytesMax)).toEqual(Buffer.from([1, 2, 3]));
});

describe('few bytes that become many', () => {
  test('a message is given up at its limit', () => {
    expect(unpackZstdMessage(bomb(7), bytesMax).length).toBe(7 * 128 * 1024);
    expect(() => unpackZstdMessage(bomb(100_000), bytesMax)).toThrow('too large');
  });

  test('a stream gives one block when it is asked for one', async () => {
    const blocks = unpackZstd(Readable.from([bomb(100_000)]));
    const first = await blocks.next();
    expect(first.value?.length).toBe(128 * 1024);
    await blocks.return(undefined);
  });
});
