import { parseProfile, type ReferenceProfile } from '../domain/training/profile.ts';
import type { ArtifactStore } from './artifact-store.ts';

/** Profiles that are kept; without the rows of their reference they are some kilobytes each. */
const profilesMax = 1_000;

export type ProfileReader = (digest: string) => Promise<ReferenceProfile>;

/** A reference profile with the rows of its reference, up to 600 kB; kept by nobody. */
export async function readWholeProfile(
  artifacts: Pick<ArtifactStore, 'readBytes'>,
  digest: string,
): Promise<ReferenceProfile> {
  return parseProfile((await artifacts.readBytes(digest)).toString('utf8'));
}

/**
 * Reference profiles by digest, without rows of their reference, each read and checked once while it is kept; the one
 * that was read first leaves when there are too many. Throws not_found or artifact_corrupt, and asks again next time.
 */
export function createProfileReader(artifacts: Pick<ArtifactStore, 'readBytes'>, keptMax = profilesMax): ProfileReader {
  const profiles = new Map<string, ReferenceProfile>();
  return async (digest) => {
    const known = profiles.get(digest);
    if (known !== undefined) return known;
    const { stretches: _, holdOut: __, ...profile } = await readWholeProfile(artifacts, digest);
    profiles.set(digest, profile);
    const oldest = profiles.keys().next().value;
    if (profiles.size > keptMax && oldest !== undefined) profiles.delete(oldest);
    return profile;
  };
}
