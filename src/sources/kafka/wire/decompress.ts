import zlib from 'node:zlib';
import { PerennialError } from '../../../domain/words/errors.ts';
import { lz4Frame } from './lz4.ts';
import { snappy } from './snappy.ts';
import { brokenAnswer } from './wire-reader.ts';

/** One batch, unpacked; the largest that a broker takes by default is 1 MiB before it is packed. */
export const unpackedBytesMax = 128 * 1024 ** 2;

const names = ['none', 'gzip', 'snappy', 'lz4', 'zstd'] as const;

/** The records of a batch by the number of its codec; what would unpack to more than the limit is refused. */
export function decompress(codec: number, bytes: Buffer): Buffer {
  const name = names[codec];
  if (name === undefined) throw brokenAnswer(`is packed in a way (${codec}) that is not known`);
  if (name === 'none') return bytes;
  try {
    if (name === 'gzip') return zlib.gunzipSync(bytes, { maxOutputLength: unpackedBytesMax });
    if (name === 'zstd') return zstd(bytes);
    return name === 'snappy' ? snappy(bytes, unpackedBytesMax) : lz4Frame(bytes, unpackedBytesMax);
  } catch (error) {
    if (error instanceof PerennialError) throw error;
    // The words of a library about foreign bytes are of no use to anybody.
    throw brokenAnswer(`holds a batch that is no ${name}, or one of more than ${unpackedBytesMax / 1024 ** 2} MiB`);
  }
}

/** Node has it since 22.15. */
function zstd(bytes: Buffer): Buffer {
  const { zstdDecompressSync } = zlib as { readonly zstdDecompressSync?: typeof zlib.gunzipSync };
  if (zstdDecompressSync === undefined)
    throw new PerennialError('unsupported', 'The topic holds messages packed by zstd, which this Node cannot unpack.', {
      path: 'source.topic',
      hint: 'Run workers on Node 22.15 or later, or let its producers use lz4, gzip or snappy.',
    });
  return zstdDecompressSync(bytes, { maxOutputLength: unpackedBytesMax });
}
