import { createReadStream } from 'node:fs';
import { pipeline, type Readable, type Transform } from 'node:stream';
import { setImmediate as turn } from 'node:timers/promises';
import * as zlib from 'node:zlib';
import type { Compression, TextEncoding } from '../../domain/spec/closed-sets.ts';
import { isPerennialError, PerennialError } from '../../domain/words/errors.ts';
import { unpackZstd } from '../../zstd/unpack-zstd.ts';

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
  try {
    for await (const chunk of unpackers[compression](file)) yield chunk;
  } catch (cause) {
    if (isPerennialError(cause)) throw namedAs(name, cause);
    const why = compression === 'none' ? `cannot read ${name}` : `${name} is a damaged ${compression} file`;
    throw new PerennialError('invalid_data', why, { path: name, cause });
  } finally {
    file.destroy();
  }
}

const namedAs = (name: string, { code, message, hintText, cause }: PerennialError): PerennialError =>
  new PerennialError(code, `${name}: ${message}`, { path: name, cause, ...(hintText && { hint: hintText }) });

const unpackers: Record<Compression, (file: Readable) => AsyncIterable<Buffer>> = {
  none: (file) => file,
  gzip: (file) => through(file, zlib.createGunzip({ chunkSize: chunkBytes })),
  zstd: (file) => {
    const unpack = nodesZstd();
    return unpack === null ? buffers(unpackZstd(file)) : through(file, unpack);
  },
};

/** Not `pipe`, which passes on no error of the file: nobody would hear it, and it would end the process. */
const through = (file: Readable, unpack: Transform): Transform => pipeline(file, unpack, () => undefined);

/** Node has it from 22.15 and 23.8 on; types of 20 do not know it. */
function nodesZstd(): Transform | null {
  const create: unknown = Reflect.get(zlib, 'createZstdDecompress');
  const stream: unknown =
    typeof create === 'function' ? Reflect.apply(create, zlib, [{ chunkSize: chunkBytes }]) : null;
  return isTransform(stream) ? stream : null;
}

/** How long nothing else of the process may wait for what is unpacked on its own thread. */
const turnMsMax = 20;

async function* buffers(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer> {
  let sinceMs = performance.now();
  for await (const { buffer, byteOffset, length } of chunks) {
    yield Buffer.from(buffer, byteOffset, length);
    if (performance.now() - sinceMs < turnMsMax) continue;
    await turn();
    sinceMs = performance.now();
  }
}

function isTransform(value: unknown): value is Transform {
  return typeof value === 'object' && value !== null && 'pipe' in value && 'write' in value;
}
