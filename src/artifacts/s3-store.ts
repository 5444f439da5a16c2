import { copyFile, rm, stat, writeFile } from 'node:fs/promises';
import { diskFull, isDiskFull } from '../domain/words/disk-full.ts';
import type { S3Bucket } from '../s3/connect-s3.ts';
import { download } from '../s3/download.ts';
import { headObject } from '../s3/head-object.ts';
import { listKeys } from '../s3/list-keys.ts';
import { refreshObject } from '../s3/refresh-object.ts';
import { uploadFile } from '../s3/upload.ts';
import type { ArtifactCache } from './artifact-cache.ts';
import { corrupt, missing, refuseOtherNames } from './artifact-failures.ts';
import type { ArtifactStore } from './artifact-store.ts';
import { isDigest, sha256OfFile, writeWithDigest } from './digest.ts';
import { readFileBytes } from './read-file-bytes.ts';
import { createS3Sweep, type SweepLimits } from './s3-sweep.ts';

export interface S3StoreAsk {
  /** Opened when it is first needed, and again after a failure. */
  readonly open: () => Promise<S3Bucket>;
  /** Ends with a slash, or is empty. */
  readonly prefix: string;
  readonly cache: ArtifactCache;
  /** For messages: where temporary files stand. */
  readonly dir: string;
  readonly limits?: SweepLimits & {
    /** What is put again becomes young again when it is older than this (default 15 minutes). */
    readonly freshMs?: number;
  };
}

const minuteMs = 60_000;

/**
 * An artifact store in a bucket, laid out as one in a folder: `<prefix>ab/cd/<64 hex>`. Bytes are verified on their way
 * in and out; what needs a path gets a verified copy on this disk. Throws `unavailable` while the store is away.
 */
export function createS3Store({ open, prefix, cache, dir, limits = {} }: S3StoreAsk): ArtifactStore {
  const { freshMs = 15 * minuteMs } = limits;
  let opened: Promise<S3Bucket> | null = null;
  const underway = new Map<string, Promise<string>>();
  const keyOf = (digest: string): string => {
    refuseOtherNames(digest);
    return `${prefix}${digest.slice(0, 2)}/${digest.slice(2, 4)}/${digest}`;
  };
  const bucketOf = (): Promise<S3Bucket> => {
    opened ??= open().catch((error: unknown) => {
      opened = null;
      throw error;
    });
    return opened;
  };
  const sweep = createS3Sweep({ bucketOf, keyOf, marks: `${prefix}sweeping/`, limits });

  async function withTemporary<Answer>(work: (temporary: string) => Promise<Answer>): Promise<Answer> {
    const temporary = await cache.temporary();
    try {
      return await work(temporary);
    } catch (error) {
      throw isDiskFull(error) ? diskFull('an artifact', dir, error) : error;
    } finally {
      await rm(temporary, { force: true });
    }
  }

  async function place(fill: (temporary: string) => Promise<void>): Promise<string> {
    return withTemporary(async (temporary) => {
      await fill(temporary);
      const digest = await sha256OfFile(temporary);
      const bucket = await bucketOf();
      const key = keyOf(digest);
      const upload = (isNew: boolean) => uploadFile(bucket, { key, isNew }, temporary, digest);
      if (!(await upload(true)) && !(await isWholeAndYoung(bucket, digest, (await stat(temporary)).size)))
        await upload(false);
      await sweep.settlePut(digest, () => upload(false));
      return digest;
    });
  }

  /** A name is no proof of the bytes. What is put again is as young as what is new: a sweep lets it stay. */
  async function isWholeAndYoung(bucket: S3Bucket, digest: string, bytes: number): Promise<boolean> {
    const key = keyOf(digest);
    const found = await headObject(bucket, key);
    if (found === null || found.bytes !== bytes) return false;
    const isWhole = found.sha256 === null ? await isStoredWhole(bucket, digest) : found.sha256 === digest;
    if (!isWhole) return false;
    return Date.now() - found.writtenAtMs < freshMs || refreshObject(bucket, key, found.etag, bytes);
  }

  async function isStoredWhole(bucket: S3Bucket, digest: string): Promise<boolean> {
    return (await bytesInto(bucket, digest, null))?.sha256 === digest;
  }

  async function fetchInto(temporary: string, digest: string): Promise<void> {
    const written = await bytesInto(await bucketOf(), digest, temporary);
    if (written === null) throw missing(digest);
    if (written.sha256 !== digest) throw corrupt(digest);
  }

  const bytesInto = (bucket: S3Bucket, digest: string, file: string | null) =>
    download(bucket, { key: keyOf(digest) }, (body) => writeWithDigest(body, file));

  /** One download serves all who ask for the same at once. */
  async function pathOf(digest: string): Promise<string> {
    refuseOtherNames(digest);
    const copy = await cache.find(digest);
    if (copy !== null) return copy;
    const fetching =
      underway.get(digest) ??
      withTemporary(async (temporary) => {
        await fetchInto(temporary, digest);
        return cache.keep(digest, temporary);
      }).finally(() => underway.delete(digest));
    underway.set(digest, fetching);
    return fetching;
  }

  async function checkedPathOf(digest: string): Promise<string> {
    const copy = await pathOf(digest);
    if ((await sha256OfFile(copy).catch(() => null)) === digest) return copy;
    // It rotted here, or made room: the store has the right one, or nobody has.
    await cache.drop(digest);
    return pathOf(digest);
  }

  async function sizeOf(digest: string): Promise<number | null> {
    return (await headObject(await bucketOf(), keyOf(digest)))?.bytes ?? null;
  }

  return {
    putFile: (path) => place((temporary) => copyFile(path, temporary)),
    putBytes: (bytes) => place((temporary) => writeFile(temporary, bytes)),
    pathOf,
    checkedPathOf,
    async readBytes(digest) {
      const bytes =
        (await readFileBytes(await pathOf(digest), digest)) ??
        (await readFileBytes(await checkedPathOf(digest), digest));
      if (bytes === null) throw corrupt(digest);
      return bytes;
    },
    has: async (digest) => (await sizeOf(digest)) !== null,
    sizeOf,
    async stateOf(digest) {
      const read = await bytesInto(await bucketOf(), digest, null);
      return read === null ? 'missing' : read.sha256 === digest ? 'whole' : 'damaged';
    },
    async lend(digest, use) {
      const copy = await cache.find(digest);
      if (copy !== null) return use(copy);
      return withTemporary(async (temporary) => {
        await fetchInto(temporary, digest);
        return use(temporary);
      });
    },
    async under(first) {
      const found = [];
      for await (const { key, bytes, writtenAtMs } of listKeys(await bucketOf(), `${prefix}${first}/`)) {
        const digest = key.slice(key.lastIndexOf('/') + 1);
        if (isDigest(digest) && keyOf(digest) === key) found.push({ digest, bytes, putAtMs: writtenAtMs });
      }
      return found;
    },
    sweep: (digest, putBeforeMs) => sweep.remove(digest, putBeforeMs),
    restoreSwept: () => sweep.forgetDead(),
  };
}
