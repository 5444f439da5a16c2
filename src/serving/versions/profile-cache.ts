import type { ArtifactStore } from '../../artifacts/artifact-store.ts';
import { createProfileReader } from '../../artifacts/profile-reader.ts';
import type { ReferenceProfile } from '../../domain/training/profile.ts';
import { fallbackVersion } from '../../domain/rollout/routing.ts';
import type { RoutingSource } from '../ports.ts';
import type { Log } from '../../telemetry/log.ts';
import { reasonOf } from '../../domain/words/reason-of.ts';

/** Versions whose digest is kept. */
const digestsMax = 1_000;

/**
 * Reference profiles by version, from the artifact store. A profile that does not exist or is corrupt is null (and a
 * log line): the rows are then stored without cells rather than never. Rejects while the database is away.
 */
export function createProfileCache(
  source: Pick<RoutingSource, 'profileDigest'>,
  artifacts: Pick<ArtifactStore, 'readBytes'>,
  log: Log,
): (model: string, version: number) => Promise<ReferenceProfile | null> {
  const readProfile = createProfileReader(artifacts);
  const digests = new Map<string, string>();
  return async (model, version) => {
    // The fallback is no version: its rows are counted, and not binned.
    if (version === fallbackVersion) return null;
    const key = `${model}/${version}`;
    const digest = digests.get(key) ?? (await source.profileDigest(model, version));
    const profile =
      digest === null
        ? 'the version is not known'
        : await readProfile(digest).catch((error: unknown) => reasonOf(error));
    if (digest === null || typeof profile === 'string') {
      log.error({ model, version, reason: profile }, 'a reference profile cannot be read: rows are counted without it');
      return null;
    }
    // An imported version has an empty one until its first window of traffic has become its reference: not kept, asked
    // again.
    if (profile.rows === 0) return null;
    digests.set(key, digest);
    const oldest = digests.keys().next().value;
    if (digests.size > digestsMax && oldest !== undefined) digests.delete(oldest);
    return profile;
  };
}
