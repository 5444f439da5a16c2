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
import { createSlots } from '../base/slots.ts';

/** Each takes scratch of what one fit may make, 4 GiB, until its bytes are known to be those of its digest. */
const slots = createSlots({ work: 'uploads of trainings', runningMax: 8, waitingMax: 64, waitMs: 30_000 });
/** Of one training, that it cannot keep all others waiting: a fit leaves one file after the other. */
const ofOneMax = 2;
const underWay = new Map<string, number>();

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
 * the digest. Sent again, it is there already. Throws `too_large` beyond what one fit or one training may make,
 * `invalid_data` for other bytes, and `overloaded` when too many come at once.
 */
export async function takeFile(place: Place, ask: Ask, body: Readable): Promise<{ digest: string; bytes: number }> {
  const { runId } = ask;
  const others = underWay.get(runId) ?? 0;
  if (others >= ofOneMax)
    throw new PerennialError('overloaded', `${others} uploads of ${runId} are under way, which is as many as may be.`, {
      path: 'id',
      hint: 'Send one file after the other.',
    });
  underWay.set(runId, others + 1);
  try {
    return await slots.run(() => takeInTurn(place, ask, body));
  } finally {
    const left = (underWay.get(runId) ?? 1) - 1;
    if (left === 0) underWay.delete(runId);
    else underWay.set(runId, left);
  }
}

async function takeInTurn(place: Place, ask: Ask, body: Readable): Promise<{ digest: string; bytes: number }> {
  const { database, store, workDir } = place;
  const digest = hexOf(ask.digest);
  const { bytesMax, inAll } = await roomFor(database, ask);
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
    const max = { files: madeFilesMax, bytes: inAll };
    const put = await putMade(database, ask.runId, { digest, bytes: counted.bytes() }, max);
    if (put === 'ended') throw ended();
    // Others may have come while this one did.
    if (put === 'full') throw full(await madeSoFar(database.db, ask.runId), inAll);
    await store.putFile(file);
    return { digest: digestOf(digest), bytes: counted.bytes() };
  } finally {
    await rm(file, { force: true });
  }
}

/** Bytes that may still come, and that may come in all. What was sent before under this digest takes no more room. */
async function roomFor(
  { db }: Database,
  { runId, digest, declaredBytes }: Ask,
): Promise<{ readonly bytesMax: number; readonly inAll: number }> {
  const found = await findFit(db, runId);
  if (found === null || !found.isRunning) throw ended();
  const { filesBytesMax } = found.fit;
  const inAll = filesBytesMax * madeTimesMax;
  if (declaredBytes !== null && declaredBytes > filesBytesMax) throw tooLarge(filesBytesMax);
  if ((await findShare(db, { runId, digest: hexOf(digest), side: 'made' })) !== null)
    return { bytesMax: filesBytesMax, inAll };
  const made = await madeSoFar(db, runId);
  const left = inAll - made.bytes;
  if (made.files >= madeFilesMax || left < (declaredBytes ?? 1)) throw full(made, inAll);
  return { bytesMax: Math.min(filesBytesMax, left), inAll };
}

function full(made: { readonly files: number; readonly bytes: number }, inAll: number): PerennialError {
  return new PerennialError(
    'too_large',
    `The training was sent ${made.files} files of ${made.bytes} bytes; it takes ${madeFilesMax} files, and ` +
      `${inAll} bytes.`,
    { path: 'body', hint: 'Send what a fit leaves once, at its end.' },
  );
}

function ended(): PerennialError {
  return new PerennialError('forbidden', 'The training has ended, and takes no more files.');
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
