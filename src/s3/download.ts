import { Readable } from 'node:stream';
import { isDiskFull } from '../domain/words/disk-full.ts';
import type { S3Bucket } from './connect-s3.ts';
import { isMissingObject, isPreconditionFailed } from './s3-failure.ts';

interface DownloadAsk {
  readonly key: string;
  /** Only while it is still this one. */
  readonly listed?: { readonly etag: string; readonly bytes: number };
}

/**
 * Hands the bytes of an object to whoever consumes them, as they come; answers what came of it, and null when the
 * object is not there, or is another one by now. Throws the bucket's failure, also for a transfer that ends early; what
 * fails on this disk passes as it is.
 */
export async function download<Answer extends { readonly bytes: number }>(
  bucket: S3Bucket,
  { key, listed }: DownloadAsk,
  consume: (body: Readable) => Promise<Answer>,
): Promise<Answer | null> {
  try {
    const { Body, ContentLength, ETag } = await bucket.client.send(
      new bucket.sdk.GetObjectCommand({
        Bucket: bucket.name,
        Key: key,
        // Where the store keeps a checksum of the whole, the bytes are held against it as they come.
        ChecksumMode: 'ENABLED',
        ...(listed === undefined ? {} : { IfMatch: listed.etag }),
      }),
    );
    if (!(Body instanceof Readable)) throw new Error('there is no body');
    // Some stores do not know the condition.
    if (listed !== undefined && (ETag !== listed.etag || ContentLength !== listed.bytes)) {
      Body.destroy();
      return null;
    }
    const answer = await consume(Body);
    // A proxy may end a transfer as if it were whole.
    if (answer.bytes !== ContentLength) throw new Error('the body is shorter than was said');
    return answer;
  } catch (error) {
    if (isMissingObject(error) || isPreconditionFailed(error)) return null;
    throw isOfDisk(error) ? error : bucket.failure(error);
  }
}

/** What fails here and not there: a full disk, or a folder that may not be written, is said as such. */
function isOfDisk(error: unknown): boolean {
  return isDiskFull(error) || (error instanceof Error && 'syscall' in error && error.syscall === 'open');
}
