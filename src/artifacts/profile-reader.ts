import { parseProfile, type ReferenceProfile } from '../domain/training/profile.ts';
import type { ArtifactStore } from './artifact-store.ts';

/** Profiles that are kept; they are some kilobytes each. */
const profilesMax = 1_000;

export type ProfileReader = (digest: string) => Promise<ReferenceProfile>;

/**
 * Reference profiles by digest, each read and checked once while it is kept; the one that was read first leaves when
 * there are too many. Throws not_found or artifact_corrupt, and then asks again the next time.
 */
export function createProfileReader(artifacts: Pick<ArtifactStore, 'readBytes'>, keptMax = profilesMax): ProfileReader {
  const profiles = new Map<string, ReferenceProfile>();
  return async (digest) => {
    const known = profiles.get(digest);
    if (known !== undefined) return known;
    const profile = parseProfile((await artifacts.readBytes(digest)).toString('utf8'));
    profiles.set(digest, profile);
    const oldest = profiles.keys().next().value;
    if (profiles.size > keptMax && oldest !== undefined) profiles.delete(oldest);
    return profile;
  };
}
