import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { createArtifactStore } from '../artifacts/artifact-store.ts';
import { isDigest, sha256OfFile } from '../artifacts/digest.ts';
import { isAbsent } from '../domain/words/is-absent.ts';

/** Digests of everything in an artifact folder; what is no artifact (half-written files) is passed over. */
export async function listArtifacts(dir: string): Promise<readonly string[]> {
  const digests: string[] = [];
  for (const first of await folders(dir)) {
    for (const second of await folders(path.join(dir, first))) {
      digests.push(...(await readdir(path.join(dir, first, second))).filter(isDigest));
    }
  }
  return digests.toSorted();
}

async function folders(dir: string): Promise<readonly string[]> {
  const entries = await readdir(dir, { withFileTypes: true }).catch((error: unknown) => {
    // A folder that cannot be read would be missing from the back-up, and nobody would know.
    if (isAbsent(error)) return [];
    throw error;
  });
  return entries
    .filter((entry) => entry.isDirectory() && /^[0-9a-f]{2}$/.test(entry.name))
    .map((entry) => entry.name)
    .toSorted();
}

/**
 * Copies artifacts from one folder to another and compares the bytes with their names; those that are there are passed
 * over. Answers what was copied, and the digests whose bytes are missing or not what their name says.
 */
export async function copyArtifacts(
  from: string,
  to: string,
  digests: readonly string[],
): Promise<{ readonly copied: number; readonly damaged: readonly string[] }> {
  const target = createArtifactStore(to);
  const source = createArtifactStore(from);
  const damaged: string[] = [];
  let copied = 0;
  for (const digest of digests) {
    // oxlint-disable-next-line no-await-in-loop -- one file at a time: a back-up must leave the disk to those who
    // answer
    if (await target.has(digest)) continue;
    // oxlint-disable-next-line no-await-in-loop
    const found = await source.pathOf(digest).then(
      (file) => target.putFile(file),
      () => null,
    );
    if (found === digest) copied++;
    else damaged.push(digest);
  }
  return { copied, damaged };
}

/** The digests whose bytes in `dir` are missing or not what their name says; reads everything. */
export async function findDamaged(dir: string, digests: readonly string[]): Promise<readonly string[]> {
  const store = createArtifactStore(dir);
  const damaged: string[] = [];
  for (const digest of digests) {
    // oxlint-disable-next-line no-await-in-loop -- one file at a time
    const found = await store.pathOf(digest).then(sha256OfFile, () => null);
    if (found !== digest) damaged.push(digest);
  }
  return damaged;
}
