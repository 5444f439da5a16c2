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

/** A place in the text of a file, between two lines. */
export interface TextPlace {
  /** Bytes of UTF-8 before it, a byte order mark left out. */
  readonly textAt: number;
  /** Bytes of the file before it; null where the file is packed, or in an encoding of characters of any length. */
  readonly fileAt: number | null;
}

export interface TextStream {
  /**
   * The text as UTF-8 bytes without a byte order mark, in chunks of about 1 MiB. Bytes that are no UTF-8 come through
   * as they are where UTF-8 was asked for; other encodings are decoded. Throws invalid_data for a damaged archive.
   */
  readonly chunks: AsyncGenerator<Buffer>;
  /** Where the last bytes that were handed out begin: they are the text behind a line end, up to now. */
  placeOf(rest: Buffer): TextPlace;
}

/**
 * Opens a text at its beginning, or at a place: the bytes of the file before it are not read again, unless it is packed
 * or in an encoding of characters of any length; then they are unpacked, and passed over.
 */
export function openText(source: ByteSource, from: TextPlace | null = null): TextStream {
  const { encoding, compression } = source;
  const width = compression === 'none' ? unitWidths[encoding] : null;
  const startsAt = from?.fileAt ?? 0;
  let passed = startsAt > 0 ? 0 : (from?.textAt ?? 0);
  let textAt = startsAt > 0 ? (from?.textAt ?? 0) : 0;
  let fileAt = startsAt;
  async function* chunks(): AsyncGenerator<Buffer> {
    // A mark at the beginning is left out below, so that it is counted.
    const decoder = encoding === 'utf-8' ? null : new TextDecoder(encoding, { ignoreBOM: true });
    let isFirst = startsAt === 0;
    for await (const chunk of plainBytes(source, startsAt)) {
      let bytes = decoder === null ? chunk : Buffer.from(decoder.decode(chunk, { stream: true }));
      if (bytes.length === 0) continue;
      fileAt += width?.(bytes) ?? 0;
      if (isFirst && hasMark(bytes)) bytes = bytes.subarray(3);
      isFirst = false;
      textAt += bytes.length;
      const skipped = Math.min(passed, bytes.length);
      passed -= skipped;
      if (skipped < bytes.length) yield bytes.subarray(skipped);
    }
    const rest = Buffer.from(decoder?.decode() ?? '');
    fileAt += width?.(rest) ?? 0;
    textAt += rest.length;
    if (rest.length > 0) yield rest;
  }
  return {
    chunks: chunks(),
    placeOf: (rest) => ({ textAt: textAt - rest.length, fileAt: width === null ? null : fileAt - width(rest) }),
  };
}

function hasMark(bytes: Buffer): boolean {
  return bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
}

const oneByte = (bytes: Buffer): number => bytes.toString('utf8').length;
const twoBytes = (bytes: Buffer): number => 2 * oneByte(bytes);

/** How many bytes of a file a text of these bytes came from; null where the text does not say it. */
const unitWidths: Record<TextEncoding, ((bytes: Buffer) => number) | null> = {
  'utf-8': (bytes) => bytes.length,
  'utf-16le': twoBytes,
  'utf-16be': twoBytes,
  'windows-1250': oneByte,
  'windows-1251': oneByte,
  'windows-1252': oneByte,
  'iso-8859-2': oneByte,
  'iso-8859-15': oneByte,
  shift_jis: null,
  gb18030: null,
  'euc-kr': null,
  big5: null,
};

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

async function* plainBytes(
  { path, name, compression }: Omit<ByteSource, 'encoding'>,
  start = 0,
): AsyncGenerator<Buffer> {
  const file = createReadStream(path, { highWaterMark: chunkBytes, start });
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
