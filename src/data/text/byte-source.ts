import { createReadStream } from 'node:fs';
import { pipeline, type Transform } from 'node:stream';
import * as zlib from 'node:zlib';
import type { Compression, TextEncoding } from '../../domain/spec/closed-sets.ts';
import { PerennialError } from '../../domain/words/errors.ts';

/** A file on this disk, what messages call it, and how its bytes become text. */
export interface ByteSource {
  readonly path: string;
  readonly name: string;
  readonly compression: Compression;
  readonly encoding: TextEncoding;
}

const chunkBytes = 1_048_576;

/**
 * The text of a file as UTF-8 bytes without a byte order mark, in chunks of about 1 MiB. Bytes that are no UTF-8 come
 * through as they are where UTF-8 was asked for; other encodings are decoded. Throws invalid_data for a damaged
 * archive.
 */
export async function* textBytes(source: ByteSource): AsyncGenerator<Buffer> {
  const decoder = source.encoding === 'utf-8' ? null : new TextDecoder(source.encoding);
  let isFirst = true;
  for await (const chunk of plainBytes(source)) {
    let bytes = decoder === null ? chunk : Buffer.from(decoder.decode(chunk, { stream: true }));
    if (isFirst && bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) bytes = bytes.subarray(3);
    if (bytes.length === 0) continue;
    isFirst = false;
    yield bytes;
  }
  const rest = decoder === null ? '' : decoder.decode();
  if (rest !== '') yield Buffer.from(rest);
}

/** At most so many first bytes of the text. */
export async function firstBytes(
  source: Omit<ByteSource, 'encoding'>,
  bytesMax: number,
): Promise<{ readonly bytes: Buffer; readonly isWhole: boolean }> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of plainBytes(source)) {
    chunks.push(chunk);
    length += chunk.length;
    if (length > bytesMax) break;
  }
  return { bytes: Buffer.concat(chunks).subarray(0, bytesMax), isWhole: length <= bytesMax };
}

async function* plainBytes({ path, name, compression }: Omit<ByteSource, 'encoding'>): AsyncGenerator<Buffer> {
  const file = createReadStream(path, { highWaterMark: chunkBytes });
  const unpack = unpackers[compression](name);
  // Not `pipe`, which passes on no error of the file: nobody would hear it, and it would end the process.
  const stream = unpack === null ? file : pipeline(file, unpack, () => undefined);
  try {
    for await (const chunk of stream) if (Buffer.isBuffer(chunk)) yield chunk;
  } catch (cause) {
    if (unpack === null) throw new PerennialError('invalid_data', `cannot read ${name}`, { path: name, cause });
    throw new PerennialError('invalid_data', `${name} is a damaged ${compression} file`, { path: name, cause });
  } finally {
    file.destroy();
  }
}

const unpackers: Record<Compression, (name: string) => Transform | null> = {
  none: () => null,
  gzip: () => zlib.createGunzip({ chunkSize: chunkBytes }),
  zstd: unpackZstd,
};

/** Node has it from 22.15 and 23.8 on; types of 20 do not know it. */
function unpackZstd(name: string): Transform {
  const create: unknown = Reflect.get(zlib, 'createZstdDecompress');
  const stream: unknown =
    typeof create === 'function' ? Reflect.apply(create, zlib, [{ chunkSize: chunkBytes }]) : null;
  if (isTransform(stream)) return stream;
  throw new PerennialError('invalid_data', `${name} is packed with zstd, which needs Node 22.15 or later`, {
    path: name,
    hint: 'Unpack it (`zstd -d`), pack it with gzip, or run a later Node.',
  });
}

function isTransform(value: unknown): value is Transform {
  return typeof value === 'object' && value !== null && 'pipe' in value && 'write' in value;
}
