import type { S3Bucket } from './connect-s3.ts';

export interface S3Object {
  readonly key: string;
  readonly bytes: number;
  readonly etag: string;
  readonly writtenAtMs: number;
}

/** A store that always promises another page is asked for no more than these. */
const pagesMax = 10_000;

/** What lies below a prefix, page after page, in the order of keys. Throws the bucket's failure. */
export async function* listKeys(bucket: S3Bucket, prefix: string): AsyncGenerator<S3Object> {
  let token: string | undefined;
  let pages = 0;
  do {
    if (++pages > pagesMax) throw bucket.failure(new Error('the list does not end'));
    // oxlint-disable-next-line no-await-in-loop -- each page names the next
    const page = await bucket.client
      .send(
        new bucket.sdk.ListObjectsV2Command({
          Bucket: bucket.name,
          Prefix: prefix,
          // XML cannot carry every character that a key may hold.
          EncodingType: 'url',
          ...(token === undefined ? {} : { ContinuationToken: token }),
        }),
      )
      .catch((error: unknown) => {
        throw bucket.failure(error);
      });
    const isEncoded = page.EncodingType === 'url';
    for (const { Key = '', Size = 0, ETag = '', LastModified } of page.Contents ?? [])
      yield {
        key: isEncoded ? decoded(bucket, Key) : Key,
        bytes: Size,
        etag: ETag,
        writtenAtMs: LastModified?.getTime() ?? 0,
      };
    token = page.IsTruncated === true ? page.NextContinuationToken : undefined;
  } while (token !== undefined);
}

/** Spaces come as `+`, everything else in percents. */
function decoded(bucket: S3Bucket, key: string): string {
  try {
    return decodeURIComponent(key.replaceAll('+', ' '));
  } catch {
    throw bucket.failure(new Error('a key is not encoded as was asked'));
  }
}
