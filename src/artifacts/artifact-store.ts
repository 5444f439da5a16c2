import { randomUUID } from 'node:crypto';
import { copyFile, mkdir, open, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { diskFull, isDiskFull } from '../domain/words/disk-full.ts';
import { corrupt, missing, refuseOtherNames } from './artifact-failures.ts';
import { sha256, sha256OfFile } from './digest.ts';
import { isAbsent } from '../domain/words/is-absent.ts';
import type { StoredArtifact } from './stored-artifact.ts';
import { artifactsUnder, restoreSwept, sweepArtifact } from './sweep.ts';

/**
 * Content-addressed bytes: a name is the SHA-256 of what it names, so writing twice is writing once and nothing is ever
 * changed. A folder or a bucket stands behind it; whoever uses it cannot tell which.
 */
export interface ArtifactStore {
  /**
   * Copies a file in and answers its digest. What is there already stays, if it still holds these bytes; damaged, it is
   * replaced.
   */
  putFile(path: string): Promise<string>;
  putBytes(bytes: Uint8Array | string): Promise<string>;
  /** A local path to hand out. Existence is checked, bytes are not: `checkedPathOf` does. Throws not_found. */
  pathOf(digest: string): Promise<string>;
  /** A local path whose bytes were just verified against the name. Throws not_found or artifact_corrupt. */
  checkedPathOf(digest: string): Promise<string>;
  /** The bytes, verified against the name. Throws not_found or artifact_corrupt. */
  readBytes(digest: string): Promise<Buffer>;
  has(digest: string): Promise<boolean>;
  /** Its bytes; null when it is not there. Whether they are the right ones, it does not say. */
  sizeOf(digest: string): Promise<number | null>;
  /** Whether what is stored are the bytes of that name: read from its beginning to its end, past every copy of it. */
  stateOf(digest: string): Promise<'whole' | 'damaged' | 'missing'>;
  /** Lends a local path for as long as `use` takes, and keeps no copy for the next who asks. Bytes are not verified. */
  lend<Answer>(digest: string, use: (path: string) => Promise<Answer>): Promise<Answer>;
  /** Those whose digests begin with these two hex digits: a 256th of the store, so that a walk goes in steps. */
  under(prefix: string): Promise<readonly StoredArtifact[]>;
  /** Removes an artifact unless it was put since `putBeforeMs`; true when it is gone by this call. */
  sweep(digest: string, putBeforeMs: number): Promise<boolean>;
  /** What a sweep that was killed had begun is undone, and the next sweep decides again. */
  restoreSwept(): Promise<void>;
}

/** An artifact store in a folder: `<dir>/ab/cd/<64 hex>`, two levels so that no folder grows without bound. */
export function createArtifactStore(dir: string): ArtifactStore {
  const root = resolve(dir);
  async function pathOf(digest: string): Promise<string> {
    const path = fileOf(root, digest);
    if ((await sizeOf(path)) === null) throw missing(digest);
    return path;
  }
  return {
    async putFile(path) {
      // Copy first, hash the copy: a source that is still being written cannot end up under the wrong name.
      return place(root, async (temporary) => {
        await copyFile(path, temporary);
        return sha256OfFile(temporary);
      });
    },
    async putBytes(bytes) {
      const digest = sha256(bytes);
      if ((await isWhole(fileOf(root, digest), digest)) && (await touch(fileOf(root, digest)))) return digest;
      return place(root, async (temporary) => {
        await writeFile(temporary, bytes);
        return digest;
      });
    },
    pathOf,
    async checkedPathOf(digest) {
      const path = await pathOf(digest);
      if (!(await isWhole(path, digest))) throw corrupt(digest);
      return path;
    },
    async readBytes(digest) {
      const bytes = await readFile(fileOf(root, digest)).catch((cause: unknown) => {
        // What cannot be read just now (too many open files, a disk that hangs) is not gone.
        throw isAbsent(cause) ? missing(digest, cause) : cause;
      });
      if (sha256(bytes) === digest) return bytes;
      throw corrupt(digest);
    },
    async has(digest) {
      return (await sizeOf(fileOf(root, digest))) !== null;
    },
    async sizeOf(digest) {
      return sizeOf(fileOf(root, digest));
    },
    async stateOf(digest) {
      const path = fileOf(root, digest);
      const isStored = (await sizeOf(path)) !== null;
      if (isStored && (await isWhole(path, digest))) return 'whole';
      // A sweep may have taken it since.
      return (await sizeOf(path)) === null ? 'missing' : 'damaged';
    },
    lend: async (digest, use) => use(await pathOf(digest)),
    under: (prefix) => artifactsUnder(root, prefix),
    sweep: (digest, putBeforeMs) => sweepArtifact(root, digest, putBeforeMs),
    restoreSwept: () => restoreSwept(root),
  };
}

/** Writes beside the target, flushes, then renames: a reader sees the whole file or none, also after a power cut. */
async function place(root: string, fill: (temporary: string) => Promise<string>): Promise<string> {
  const temporary = join(root, 'incoming', randomUUID());
  await mkdir(dirname(temporary), { recursive: true });
  try {
    const digest = await fill(temporary);
    const target = fileOf(root, digest);
    // A name is no proof of the bytes: a torn file, or one that rotted on its disk, is replaced by these.
    if ((await isWhole(target, digest)) && (await touch(target))) return digest;
    await flush(temporary);
    await mkdir(dirname(target), { recursive: true });
    await rename(temporary, target);
    await flush(dirname(target));
    return digest;
  } catch (error) {
    throw isDiskFull(error) ? diskFull('an artifact', root, error) : error;
  } finally {
    await rm(temporary, { force: true });
  }
}

/**
 * What is put again is as young as what is new: a sweep that has found it old lets it stay. False when the sweep has
 * just taken it, and it must be written.
 */
async function touch(path: string): Promise<boolean> {
  const now = new Date();
  return utimes(path, now, now).then(
    () => true,
    (error: unknown) => {
      if (isAbsent(error)) return false;
      throw error;
    },
  );
}

async function flush(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

function fileOf(root: string, digest: string): string {
  refuseOtherNames(digest);
  return join(root, digest.slice(0, 2), digest.slice(2, 4), digest);
}

async function sizeOf(path: string): Promise<number | null> {
  try {
    return (await stat(path)).size;
  } catch (error) {
    if (isAbsent(error)) return null;
    throw error;
  }
}

/** What a disk says of bytes that it has lost, and of a folder that stands where a file should. */
const unreadable: readonly unknown[] = ['EIO', 'EISDIR'];

/** A sweep may take it at any moment; then it is not there. What the disk has lost is not whole, whoever asks. */
async function isWhole(path: string, digest: string): Promise<boolean> {
  const found = await sha256OfFile(path).catch((error: unknown) => {
    const isLost = error instanceof Error && 'code' in error && unreadable.includes(error.code);
    if (isLost || isAbsent(error)) return null;
    throw error;
  });
  return found === digest;
}
