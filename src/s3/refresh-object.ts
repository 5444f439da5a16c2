import type { S3Bucket } from './connect-s3.ts';
import { isMissingObject, isPreconditionFailed } from './s3-failure.ts';

/** A larger object is not copied in one call: whoever has its bytes writes it again. */
const copiedBytesMax = 5 * 1024 ** 3;

/**
 * Makes an object as young as if it had just been written, by a copy onto itself inside of the store. False when it is
 * gone, is another one by now, or is too large for that.
 */
export async function refreshObject(bucket: S3Bucket, key: string, etag: string, bytes: number): Promise<boolean> {
  if (bytes > copiedBytesMax) return false;
  try {
    await bucket.client.send(
      new bucket.sdk.CopyObjectCommand({
        Bucket: bucket.name,
        Key: key,
        CopySource: `${bucket.name}/${key.split('/').map(encodeURIComponent).join('/')}`,
        CopySourceIfMatch: etag,
        MetadataDirective: 'REPLACE',
        ChecksumAlgorithm: 'SHA256',
      }),
    );
    return true;
  } catch (error) {
    if (isMissingObject(error) || isPreconditionFailed(error)) return false;
    throw bucket.failure(error);
  }
}
