import type { S3Bucket } from './connect-s3.ts';

/** What is not there is removed already. Throws the bucket's failure. */
export async function removeObject(bucket: S3Bucket, key: string): Promise<void> {
  await bucket.client
    .send(new bucket.sdk.DeleteObjectCommand({ Bucket: bucket.name, Key: key }))
    .catch((error: unknown) => {
      throw bucket.failure(error);
    });
}
