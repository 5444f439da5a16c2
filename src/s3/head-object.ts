import type { S3Bucket } from './connect-s3.ts';
import { isMissingObject } from './s3-failure.ts';

export interface ObjectHead {
  readonly bytes: number;
  readonly etag: string;
  readonly writtenAtMs: number;
  /** Of all bytes, in hex, as the store computed it when they came; null where it keeps none, or one per part. */
  readonly sha256: string | null;
}

/** Null when the object is not there. Throws the bucket's failure. */
export async function headObject(bucket: S3Bucket, key: string): Promise<ObjectHead | null> {
  try {
    const head = await bucket.client.send(
      new bucket.sdk.HeadObjectCommand({ Bucket: bucket.name, Key: key, ChecksumMode: 'ENABLED' }),
    );
    const { ContentLength, ETag = '', LastModified, ChecksumSHA256 } = head;
    const isOfAll = ChecksumSHA256 !== undefined && /^[A-Za-z0-9+/]{43}=$/.test(ChecksumSHA256);
    return {
      bytes: ContentLength ?? 0,
      etag: ETag,
      writtenAtMs: LastModified?.getTime() ?? 0,
      sha256: isOfAll ? Buffer.from(ChecksumSHA256, 'base64').toString('hex') : null,
    };
  } catch (error) {
    if (isMissingObject(error)) return null;
    throw bucket.failure(error);
  }
}
