import { readFileSync } from 'node:fs';
import { Readable } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { unpackZstd, unpackZstdMessage } from './unpack-zstd.ts';

// Packed by python-zstandard 0.25.0: `checked` at level 19 as one frame with a checksum, `frames` as four (one with a
// checksum, one without its size, an empty one) with a skippable one among them, `wide-window` with --long=28.
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

  test('as one message', () => {
    expect(unpackZstdMessage(fixture('checked.zst'), bytesMax)).toEqual(text);
    expect(unpackZstdMessage(fixture('frames.zst'), text.length)).toEqual(text);
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
