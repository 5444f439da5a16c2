import { setTimeout as delay } from 'node:timers/promises';
import { PerennialError } from '../domain/words/errors.ts';
import type { S3Bucket } from '../s3/connect-s3.ts';
import { headObject } from '../s3/head-object.ts';
import { listKeys } from '../s3/list-keys.ts';
import { removeObject } from '../s3/remove-object.ts';
import { uploadBytes } from '../s3/upload.ts';
import { sha256 } from './digest.ts';

export interface SweepLimits {
  /** A mark that is older belongs to a sweep that was killed (default 5 minutes). */
  readonly deadMs?: number;
  /** A sweep deletes within this of its mark, or not at all: well below `deadMs` (default 1 minute). */
  readonly deleteMs?: number;
}

interface SweepAsk {
  readonly bucketOf: () => Promise<S3Bucket>;
  readonly keyOf: (digest: string) => string;
  /** Prefix of the marks. */
  readonly marks: string;
  readonly limits: SweepLimits;
}

const minuteMs = 60_000;
const lookEveryMs = 250;
/** A store gives times in whole seconds. */
const secondMs = 1_000;

/**
 * A bucket cannot move an object aside and look again, as a folder can. So a sweep first lays a mark, then looks how
 * old the artifact is, and removes it; and whoever puts looks for the mark after the put, waits while there is one, and
 * then makes sure that what was put is there. Between the mark and the look a put makes the artifact young; behind the
 * look the put sees the mark, or is after the removal and sees that nothing is there. Stores are strongly consistent.
 */
export function createS3Sweep({ bucketOf, keyOf, marks, limits }: SweepAsk) {
  const { deadMs = 5 * minuteMs, deleteMs = minuteMs } = limits;
  const markOf = (digest: string): string => `${marks}${digest}`;

  async function isMarked(bucket: S3Bucket, digest: string): Promise<boolean> {
    const mark = await headObject(bucket, markOf(digest));
    return mark !== null && Date.now() - mark.writtenAtMs < deadMs;
  }

  return {
    /** After a put: `again` writes what a sweep has taken meanwhile. */
    async settlePut(digest: string, again: () => Promise<unknown>): Promise<void> {
      const bucket = await bucketOf();
      const endMs = Date.now() + deadMs + minuteMs;
      // oxlint-disable no-await-in-loop -- a sweep of just this artifact is rare, and over in a second
      while (await isMarked(bucket, digest)) {
        if (Date.now() > endMs)
          throw new PerennialError('unavailable', `artifact ${digest} is being swept, and does not come to rest`, {
            path: digest,
          });
        await delay(lookEveryMs);
      }
      // oxlint-enable no-await-in-loop
      if ((await headObject(bucket, keyOf(digest))) === null) await again();
    },

    async remove(digest: string, putBeforeMs: number): Promise<boolean> {
      const bucket = await bucketOf();
      const startMs = Date.now();
      await uploadBytes(bucket, { key: markOf(digest), isNew: false }, Buffer.from(digest), sha256(digest));
      try {
        const found = await headObject(bucket, keyOf(digest));
        if (found === null || found.writtenAtMs + secondMs > putBeforeMs) return false;
        // Whoever puts takes an old mark for a dead one.
        if (Date.now() - startMs > deleteMs) return false;
        await removeObject(bucket, keyOf(digest));
        return true;
      } finally {
        await removeObject(bucket, markOf(digest));
      }
    },

    /** Marks of sweeps that were killed. */
    async forgetDead(): Promise<void> {
      const bucket = await bucketOf();
      for await (const { key, writtenAtMs } of listKeys(bucket, marks))
        if (Date.now() - writtenAtMs >= deadMs) await removeObject(bucket, key);
    },
  };
}
