import zlib from 'node:zlib';
import { isPerennialError, PerennialError } from '../../../domain/words/errors.ts';
import { unpackZstdMessage } from '../../../zstd/unpack-zstd.ts';
import { brokenAnswer } from '../refusals.ts';
import type { Library } from './connection.ts';

/** One batch, unpacked; the largest that a broker takes by default is 1 MiB before it is packed. */
export const unpackedBytesMax = 128 * 1024 ** 2;

const names = ['none', 'gzip', 'snappy', 'lz4', 'zstd'] as const;

/**
 * The records of a batch by the number of its codec; what would unpack to more than the limit is refused, which the
 * library leaves to whoever calls it.
 */
export function decompress(library: Library, codec: number, bytes: Buffer): Buffer {
  const name = names[codec];
  if (name === undefined) throw brokenAnswer(`is packed in a way (${codec}) that is not known`);
  if (name === 'none') return bytes;
  try {
    if (name === 'gzip') return zlib.gunzipSync(bytes, { maxOutputLength: unpackedBytesMax });
    if (name === 'zstd') return zstd(bytes);
    if (name === 'snappy') return snappy(library, bytes);
    refuseLargeLz4(bytes);
    return library.compressionsAlgorithms.lz4.decompressSync(bytes);
  } catch (error) {
    if (isPerennialError(error)) throw error;
    if (error instanceof library.UnsupportedCompressionError)
      throw new PerennialError('unsupported', `This process cannot unpack ${name}: a package is not installed.`, {
        path: 'source.topic',
        hint: 'Install with the optional packages of @platformatic/kafka.',
      });
    // The words of a library about foreign bytes are of no use to anybody.
    throw brokenAnswer(`holds a batch that is no ${name}, or one of more than ${unpackedBytesMax / 1024 ** 2} MiB`);
  }
}

/** Node has it since 22.15. The batch has a checksum of its own. */
function zstd(bytes: Buffer): Buffer {
  const { zstdDecompressSync } = zlib as { readonly zstdDecompressSync?: typeof zlib.gunzipSync };
  if (zstdDecompressSync === undefined) return unpackZstdMessage(bytes, unpackedBytesMax);
  return zstdDecompressSync(bytes, { maxOutputLength: unpackedBytesMax });
}

/** What Java puts around blocks of snappy, which the library does not know; others send one block alone. */
const framedSnappy = Buffer.from('\u0082SNAPPY\0', 'latin1');
const framedSnappyHeadBytes = 16;

function snappy(library: Library, bytes: Buffer): Buffer {
  const blocks: Buffer[] = [];
  if (!bytes.subarray(0, framedSnappy.length).equals(framedSnappy)) blocks.push(bytes);
  else
    for (let at = framedSnappyHeadBytes; at < bytes.length;) {
      const from = at + 4;
      at = from + bytes.readUInt32BE(at);
      blocks.push(bytes.subarray(from, at));
    }
  if (blocks.reduce((sum, block) => sum + snappyLength(block), 0) > unpackedBytesMax) throw new RangeError('too large');
  return Buffer.concat(blocks.map((block) => library.compressionsAlgorithms.snappy.decompressSync(block)));
}

/** A block says before itself how long it is unpacked. */
function snappyLength(block: Buffer): number {
  let length = 0;
  for (let at = 0, weight = 1; at < 5; at++, weight *= 128) {
    const byte = block.readUInt8(at);
    length += (byte & 0x7f) * weight;
    if (byte < 128) break;
  }
  return length;
}

/** Blocks of a frame are at most as large, unpacked, as its head says. */
const lz4BlockBytes: Readonly<Record<number, number>> = { 4: 64 * 1024, 5: 256 * 1024, 6: 1024 ** 2, 7: 4 * 1024 ** 2 };

function refuseLargeLz4(bytes: Buffer): void {
  const flags = bytes.readUInt8(4);
  const blockBytes = lz4BlockBytes[(bytes.readUInt8(5) >> 4) & 7] ?? Infinity;
  const checksumBytes = (flags & 0x10) === 0 ? 0 : 4;
  // Magic, flags and size of blocks, perhaps the size of all, a checksum of them.
  let at = (flags & 8) === 0 ? 7 : 15;
  for (let unpacked = 0; ; unpacked += blockBytes) {
    if (unpacked > unpackedBytesMax) throw new RangeError('too large');
    const length = bytes.readUInt32LE(at) & 0x7fffffff;
    if (length === 0) return;
    at += 4 + length + checksumBytes;
  }
}
