import { randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { Transform, type Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { withTransaction } from '../../db/base/connect.ts';
import { reserveUpload, settleUpload } from '../../db/people/uploads.ts';
import { PerennialError } from '../../domain/words/errors.ts';
import { importBytesMax } from '../../onnx/gate/check-foreign.ts';
import type { CommandContext } from '../base/context.ts';
import type { ImportParts } from './import-model.ts';

/** Bytes that one token may send in 24 hours, where no setting says otherwise. */
const bytesPerDayDefault = 20 * 1024 ** 3;

/**
 * Takes a file in, to a scratch file that is counted while it comes; the store then names it by its bytes. Throws
 * `too_large` for one that is, and `rate_limited` before its first byte when the token has sent enough for a day.
 */
export async function receiveUpload(
  context: CommandContext,
  { store, workDir }: ImportParts,
  body: Readable,
  declaredBytes: number | null,
): Promise<{ digest: string; bytes: number }> {
  const uploadId = randomUUID();
  const bytesMax = await reserve(context, uploadId, declaredBytes);
  await mkdir(workDir, { recursive: true });
  const file = path.join(workDir, `upload-${uploadId}`);
  const counted = countUpTo(bytesMax);
  try {
    await pipeline(body, counted.stream, createWriteStream(file, { mode: 0o600 }));
    if (counted.bytes() === 0) throw emptyBody();
    return { digest: await store.putFile(file), bytes: counted.bytes() };
  } finally {
    await rm(file, { force: true });
    await settleUpload(context.database.db, uploadId, counted.bytes());
  }
}

async function reserve(context: CommandContext, uploadId: string, declaredBytes: number | null): Promise<number> {
  if (declaredBytes === 0) throw emptyBody();
  if (declaredBytes !== null && declaredBytes > importBytesMax) throw tooLarge(importBytesMax);
  const bytesPerDay = context.uploadBytesPerDay ?? bytesPerDayDefault;
  const bytes = await withTransaction(context.database, (tx) =>
    reserveUpload(tx, {
      uploadId,
      tokenId: context.principal.tokenId,
      wanted: declaredBytes ?? importBytesMax,
      isLessEnough: declaredBytes === null,
      bytesPerDay,
    }),
  );
  if (bytes !== null) return bytes;
  throw new PerennialError(
    'rate_limited',
    `The token has sent as much as it may in 24 hours, which is ${bytesPerDay} bytes.`,
    { path: 'body', hint: 'Wait, or have PERENNIAL_UPLOAD_GIB_PER_DAY raised.', retryAfterSeconds: 3_600 },
  );
}

function countUpTo(bytesMax: number): { readonly stream: Transform; readonly bytes: () => number } {
  let bytes = 0;
  const stream = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      bytes += chunk.length;
      done(bytes > bytesMax ? tooLarge(bytesMax) : null, chunk);
    },
  });
  return { stream, bytes: () => bytes };
}

function emptyBody(): PerennialError {
  return new PerennialError('invalid_request', 'The body is empty.', {
    path: 'body',
    hint: 'Send the bytes of the file.',
  });
}

function tooLarge(bytesMax: number): PerennialError {
  return new PerennialError('too_large', `The file is larger than the ${bytesMax} bytes that may come.`, {
    path: 'body',
    hint: 'Import a smaller model, or wait until the quota of the token is free again.',
  });
}
