import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';
import type { S3Bucket } from './connect-s3.ts';
import { isPreconditionFailed } from './s3-failure.ts';

/** A larger file goes in parts of this size, one after the other: so much memory is taken, and no more. */
export const partBytes = 16 * 1_048_576;

interface UploadAsk {
  readonly key: string;
  /** Only when nothing lies there. */
  readonly isNew: boolean;
}

/** Bytes as one object, which is there as a whole or not at all. False when something lies there already. */
export async function uploadBytes(
  bucket: S3Bucket,
  ask: UploadAsk,
  bytes: Uint8Array,
  sha256: string,
): Promise<boolean> {
  return unlessThere(bucket, () =>
    bucket.client.send(
      new bucket.sdk.PutObjectCommand({
        Bucket: bucket.name,
        Key: ask.key,
        Body: bytes,
        // The store compares what came with what was meant.
        ChecksumSHA256: Buffer.from(sha256, 'hex').toString('base64'),
        ...conditionOf(ask),
      }),
    ),
  );
}

/** A file as one object; in parts where it is large, and parts of an upload that failed are given up. */
export async function uploadFile(bucket: S3Bucket, ask: UploadAsk, file: string, sha256: string): Promise<boolean> {
  const handle = await open(file, 'r');
  try {
    const { size } = await handle.stat();
    const readPart = async (number: number): Promise<Buffer> => {
      const part = Buffer.allocUnsafe(Math.min(partBytes, size - number * partBytes));
      for (let filled = 0; filled < part.length;) {
        // oxlint-disable-next-line no-await-in-loop -- a read may give less than was asked for
        const { bytesRead } = await handle.read(part, filled, part.length - filled, number * partBytes + filled);
        if (bytesRead === 0) throw new Error('the file became shorter while it was uploaded');
        filled += bytesRead;
      }
      return part;
    };
    if (size <= partBytes) return await uploadBytes(bucket, ask, await readPart(0), sha256);
    return await uploadParts(bucket, ask, Math.ceil(size / partBytes), readPart);
  } finally {
    await handle.close();
  }
}

async function uploadParts(
  { client, sdk, name: Bucket, ...bucket }: S3Bucket,
  ask: UploadAsk,
  count: number,
  readPart: (number: number) => Promise<Buffer>,
): Promise<boolean> {
  const { key: Key } = ask;
  const begin = client.send(new sdk.CreateMultipartUploadCommand({ Bucket, Key, ChecksumAlgorithm: 'SHA256' }));
  const { UploadId } = await begin.catch((error: unknown) => {
    throw bucket.failure(error);
  });
  try {
    const parts: { PartNumber: number; ETag: string | undefined; ChecksumSHA256: string | undefined }[] = [];
    for (let index = 0; index < count; index++) {
      // oxlint-disable no-await-in-loop -- one part in memory at a time
      const Body = await readPart(index);
      const ChecksumSHA256 = createHash('sha256').update(Body).digest('base64');
      const PartNumber = index + 1;
      const { ETag } = await client.send(
        new sdk.UploadPartCommand({ Bucket, Key, UploadId, PartNumber, Body, ChecksumSHA256 }),
      );
      // oxlint-enable no-await-in-loop
      parts.push({ PartNumber, ETag, ChecksumSHA256 });
    }
    const MultipartUpload = { Parts: parts };
    await client.send(
      new sdk.CompleteMultipartUploadCommand({ Bucket, Key, UploadId, MultipartUpload, ...conditionOf(ask) }),
    );
    return true;
  } catch (error) {
    await client.send(new sdk.AbortMultipartUploadCommand({ Bucket, Key, UploadId })).catch(() => undefined);
    if (isPreconditionFailed(error)) return false;
    throw bucket.failure(error);
  }
}

function conditionOf({ isNew }: UploadAsk): { readonly IfNoneMatch?: string } {
  return isNew ? { IfNoneMatch: '*' } : {};
}

async function unlessThere(bucket: S3Bucket, send: () => Promise<unknown>): Promise<boolean> {
  try {
    await send();
    return true;
  } catch (error) {
    if (isPreconditionFailed(error)) return false;
    throw bucket.failure(error);
  }
}
