import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { Transform, Writable, type Readable, type TransformCallback } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { canonicalJson } from '../domain/words/canonical.ts';

/** SHA-256 as 64 lower-case hex digits. */
export function sha256(content: Uint8Array | string): string {
  return createHash('sha256').update(content).digest('hex');
}

/** Digest of a JSON value, whatever the order of its members. */
export function digestOfJson(value: unknown): string {
  return sha256(canonicalJson(value));
}

/** Digest of a file, read in chunks of 64 KiB. Rejects with the file system's error when it cannot be read. */
export async function sha256OfFile(path: string): Promise<string> {
  return sha256OfStream(createReadStream(path));
}

/** Digest of all that a stream holds. Rejects with the stream's error. */
export async function sha256OfStream(stream: Readable): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(stream, hash);
  return hash.digest('hex');
}

export interface Written {
  readonly sha256: string;
  readonly bytes: number;
}

/** Digest of all that a stream holds, which goes into a file meanwhile (null keeps nothing): its bytes pass once. */
export async function writeWithDigest(stream: Readable, file: string | null): Promise<Written> {
  const hash = createHash('sha256');
  let bytes = 0;
  const tap = new Transform({
    transform(chunk: Buffer, _: BufferEncoding, done: TransformCallback): void {
      hash.update(chunk);
      bytes += chunk.length;
      done(null, chunk);
    },
  });
  const nowhere = new Writable({ write: (_, __, done) => done() });
  await pipeline(stream, tap, file === null ? nowhere : createWriteStream(file));
  return { sha256: hash.digest('hex'), bytes };
}

const digestPattern = /^[0-9a-f]{64}$/;

/** Only these are names of artifacts: nothing else reaches the file system, so no path can be smuggled in. */
export function isDigest(text: string): boolean {
  return digestPattern.test(text);
}
