import { createArtifactStore, type ArtifactStore } from '../artifacts/artifact-store.ts';
import { artifactPrefixes } from '../artifacts/stored-artifact.ts';
import { sha256OfFile } from '../artifacts/digest.ts';
import { isPerennialError } from '../domain/words/errors.ts';

/** Digests of everything in an artifact store; what is no artifact (half-written files) is passed over. */
export async function listArtifacts(store: Pick<ArtifactStore, 'under'>): Promise<readonly string[]> {
  const digests: string[] = [];
  for (const prefix of artifactPrefixes)
    // oxlint-disable-next-line no-await-in-loop -- one folder at a time
    digests.push(...(await store.under(prefix)).map(({ digest }) => digest));
  return digests.toSorted();
}

/**
 * Copies artifacts from one store to another and compares the bytes with their names; those that are there are passed
 * over. Answers what was copied, and the digests whose bytes are missing or not what their name says.
 */
export async function copyArtifacts(
  source: Pick<ArtifactStore, 'lend'>,
  target: Pick<ArtifactStore, 'has' | 'putFile'>,
  digests: readonly string[],
): Promise<{ readonly copied: number; readonly damaged: readonly string[] }> {
  const damaged: string[] = [];
  let copied = 0;
  for (const digest of digests) {
    // oxlint-disable-next-line no-await-in-loop -- one file at a time: a back-up must leave the disk to those who
    // answer
    if (await target.has(digest)) continue;
    // oxlint-disable-next-line no-await-in-loop
    const found = await source
      .lend(digest, (file) => target.putFile(file))
      .catch((error: unknown) => {
        // A store that is away is not damaged.
        if (isPerennialError(error) && error.code === 'unavailable') throw error;
        return null;
      });
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
