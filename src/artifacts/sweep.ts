import { randomUUID } from 'node:crypto';
import { mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import type { StoredArtifact } from './stored-artifact.ts';
import { isAbsent } from '../domain/words/is-absent.ts';
import { isDigest } from './digest.ts';

export async function artifactsUnder(root: string, prefix: string): Promise<readonly StoredArtifact[]> {
  const folder = path.join(root, prefix);
  const found: StoredArtifact[] = [];
  for (const second of await namesIn(folder)) {
    // oxlint-disable no-await-in-loop -- one folder at a time: nobody waits for it
    for (const digest of (await namesIn(path.join(folder, second))).filter(isDigest)) {
      const file = await stat(path.join(folder, second, digest)).catch(() => null);
      if (file?.isFile() === true) found.push({ digest, bytes: file.size, putAtMs: file.mtimeMs });
    }
    // oxlint-enable no-await-in-loop
  }
  return found;
}

/**
 * Removes an artifact unless it was put since `putBeforeMs`. It is moved away first and looked at again: whoever puts
 * the same bytes at this moment either makes the file young, and then it comes back, or does not find it and writes it
 * anew. True when it is gone.
 */
export async function sweepArtifact(root: string, digest: string, putBeforeMs: number): Promise<boolean> {
  const file = path.join(root, digest.slice(0, 2), digest.slice(2, 4), digest);
  const aside = path.join(root, 'incoming', `swept-${digest}-${randomUUID()}`);
  await mkdir(path.dirname(aside), { recursive: true });
  const isMoved = await rename(file, aside).then(
    () => true,
    () => false,
  );
  if (!isMoved) return false;
  const put = await stat(aside).catch(() => null);
  // Another sweep took it for one that was killed, and has put it back.
  if (put === null) return false;
  if (put.mtimeMs < putBeforeMs) {
    await rm(aside, { force: true });
    return true;
  }
  await rename(aside, file);
  return false;
}

/** A sweep that was killed between the two moves: what it took comes back, and the next sweep decides again. */
export async function restoreSwept(root: string): Promise<void> {
  for (const name of await namesIn(path.join(root, 'incoming'))) {
    const digest = /^swept-([0-9a-f]{64})-/.exec(name)?.[1] ?? '';
    if (!isDigest(digest)) continue;
    const folder = path.join(root, digest.slice(0, 2), digest.slice(2, 4));
    // oxlint-disable no-await-in-loop -- there is one at most
    await mkdir(folder, { recursive: true });
    await rename(path.join(root, 'incoming', name), path.join(folder, digest)).catch(() => undefined);
    // oxlint-enable no-await-in-loop
  }
}

/** A folder that is not there holds nothing; one that cannot be read is an error, or a back-up would lack it. */
async function namesIn(folder: string): Promise<readonly string[]> {
  return readdir(folder).catch((error: unknown) => {
    if (isAbsent(error)) return [];
    throw error;
  });
}
