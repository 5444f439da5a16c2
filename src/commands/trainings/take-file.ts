import { createHash, randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { Transform, type Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ArtifactStore } from '../../artifacts/artifact-store.ts';
import type { Database } from '../../db/base/connect.ts';
import { findFit, findShare, madeSoFar, putMade } from '../../db/trainers/fits.ts';
import { digestOf, hexOf, madeFilesMax, madeTimesMax } from '../../domain/training/workers/shared-files.ts';
import { PerennialError } from '../../domain/words/errors.ts';

interface Place {
  readonly database: Database;
  readonly store: ArtifactStore;
  /** Scratch folder, on the disk of the store. */
  readonly workDir: string;
}

interface Ask {
  readonly runId: string;
  readonly digest: string;
  /** What `Content-Length` says; null where it says nothing. */
  readonly declaredBytes: number | null;
}

/**
 * Takes a file in that a worker made, counted and hashed while it comes; it is stored only if its bytes are those of
 * the digest. Sent again, it is there already. Throws `too_large` beyond what one fit or one training may make, and
 * `invalid_data` for other bytes.
 */
export async function takeFile(place: Place, ask: Ask, body: Readable): Promise<{ digest: string; bytes: number }> {
  const { database, store, workDir } = place;
  const digest = hexOf(ask.digest);
  const bytesMax = await roomFor(database, ask);
  await mkdir(workDir, { recursive: true });
  const file = path.join(workDir, `upload-${randomUUID()}`);
  const counted = hashUpTo(bytesMax);
  try {
    await pipeline(body, counted.stream, createWriteStream(file, { mode: 0o600 }));
    if (counted.digest() !== digest)
      throw new PerennialError('invalid_data', 'The bytes that came are not those of the digest in the path.', {
        path: 'digest',
        hint: 'Send the whole file under the SHA-256 of its bytes.',
      });
    // Its row first: a sweep between the two would find the bytes needed.
    await putMade(database.db, ask.runId, { digest, bytes: counted.bytes() });
    await store.putFile(file);
    return { digest: digestOf(digest), bytes: counted.bytes() };
  } finally {
    await rm(file, { force: true });
  }
}

/** Bytes that may still come. What was sent before under this digest takes no more room. */
async function roomFor({ db }: Database, { runId, digest, declaredBytes }: Ask): Promise<number> {
  const found = await findFit(db, runId);
  if (found === null || !found.isRunning)
    throw new PerennialError('forbidden', 'The training has ended, and takes no more files.');
  const { filesBytesMax } = found.fit;
  if (declaredBytes !== null && declaredBytes > filesBytesMax) throw tooLarge(filesBytesMax);
  if ((await findShare(db, { runId, digest: hexOf(digest), side: 'made' })) !== null) return filesBytesMax;
  const made = await madeSoFar(db, runId);
  const left = filesBytesMax * madeTimesMax - made.bytes;
  if (made.files >= madeFilesMax || left < (declaredBytes ?? 1))
    throw new PerennialError(
      'too_large',
      `The training was sent ${made.files} files of ${made.bytes} bytes; it takes ${madeFilesMax} files, and ` +
        `${filesBytesMax * madeTimesMax} bytes.`,
      { path: 'body', hint: 'Send what a fit leaves once, at its end.' },
    );
  return Math.min(filesBytesMax, left);
}

function hashUpTo(bytesMax: number): {
  readonly stream: Transform;
  readonly bytes: () => number;
  readonly digest: () => string;
} {
  let bytes = 0;
  const hash = createHash('sha256');
  const stream = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      bytes += chunk.length;
      hash.update(chunk);
      done(bytes > bytesMax ? tooLarge(bytesMax) : null, chunk);
    },
  });
  return { stream, bytes: () => bytes, digest: () => hash.digest('hex') };
}

function tooLarge(bytesMax: number): PerennialError {
  return new PerennialError('too_large', `The file is larger than the ${bytesMax} bytes that a fit may make.`, {
    path: 'body',
    hint: 'Make a smaller model, or raise `filesBytesMax` of the trainer.',
  });
}
