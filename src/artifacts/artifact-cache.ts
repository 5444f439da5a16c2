import { randomUUID } from 'node:crypto';
import { mkdir, readdir, rename, rm, stat, utimes } from 'node:fs/promises';
import path from 'node:path';
import { isAbsent } from '../domain/words/is-absent.ts';
import { isDigest } from './digest.ts';

/** Copies of artifacts on this disk, for readers that need a path. Each can be lost: it is fetched again. */
export interface ArtifactCache {
  /** Where a copy may be written before it is known to be right; it belongs to the caller. */
  temporary(): Promise<string>;
  /** The copy, which counts as used now; null when there is none. */
  find(digest: string): Promise<string | null>;
  /** Takes over a file whose bytes are those of the digest; copies that were used longest ago make room. */
  keep(digest: string, temporary: string): Promise<string>;
  drop(digest: string): Promise<void>;
}

interface CacheLimits {
  /** Copies take no more than this, but for those that were used within `lentMs`. */
  readonly bytesMax: number;
  /** Whoever was given a path may still open it: for so long it stays (default an hour). */
  readonly lentMs?: number;
}

const hourMs = 3_600_000;

/** A cache in a folder that every process of this machine may share. */
export function createArtifactCache(dir: string, { bytesMax, lentMs = hourMs }: CacheLimits): ArtifactCache {
  const root = path.resolve(dir);
  const fileOf = (digest: string) => path.join(root, 'cache', digest.slice(0, 2), digest);
  /** The folder is looked through when so much has come since; at first by whoever comes first. */
  let untilLook = 0;

  async function makeRoom(): Promise<void> {
    untilLook = bytesMax / 20;
    const copies = await copiesIn(path.join(root, 'cache'));
    let total = copies.reduce((sum, { bytes }) => sum + bytes, 0);
    for (const { file, bytes, usedAtMs } of copies.toSorted((left, right) => left.usedAtMs - right.usedAtMs)) {
      if (total <= bytesMax || Date.now() - usedAtMs < lentMs) return;
      // oxlint-disable-next-line no-await-in-loop -- the oldest goes first
      await rm(file, { force: true });
      total -= bytes;
    }
  }

  return {
    async temporary() {
      const folder = path.join(root, 'incoming');
      await mkdir(folder, { recursive: true });
      return path.join(folder, randomUUID());
    },
    async find(digest) {
      const file = fileOf(digest);
      const now = new Date();
      return utimes(file, now, now).then(
        () => file,
        (error: unknown) => {
          if (isAbsent(error)) return null;
          throw error;
        },
      );
    },
    async keep(digest, temporary) {
      const file = fileOf(digest);
      await mkdir(path.dirname(file), { recursive: true });
      untilLook -= (await stat(temporary)).size;
      await rename(temporary, file);
      if (untilLook <= 0) await makeRoom();
      return file;
    },
    drop: (digest) => rm(fileOf(digest), { force: true }),
  };
}

interface Copy {
  readonly file: string;
  readonly bytes: number;
  readonly usedAtMs: number;
}

async function copiesIn(folder: string): Promise<readonly Copy[]> {
  const copies: Copy[] = [];
  const entries = await readdir(folder, { withFileTypes: true, recursive: true });
  for (const entry of entries.filter(({ name }) => isDigest(name))) {
    const file = path.join(entry.parentPath, entry.name);
    // oxlint-disable-next-line no-await-in-loop -- one at a time: it leaves the disk to others
    const facts = await stat(file).catch(() => null);
    if (facts !== null) copies.push({ file, bytes: facts.size, usedAtMs: facts.mtimeMs });
  }
  return copies;
}
