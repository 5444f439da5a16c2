import type { ReferenceProfile } from '../../domain/training/profile.ts';
import { fallbackVersion } from '../../domain/rollout/routing.ts';
import type { Log, RoutingSource } from '../ports.ts';
import { reasonOf } from './version-host.ts';

/** Versions whose profile is kept; profiles are some kilobytes each. */
const profilesMax = 1_000;

/**
 * Reference profiles by version, from the artifact store. A profile that does not exist or is corrupt is null (and a
 * log line): the rows are then stored without cells rather than never. Rejects while the database is away.
 */
export function createProfileCache(
  source: Pick<RoutingSource, 'profileDigest'>,
  artifacts: { readBytes(digest: string): Promise<Uint8Array> },
  log: Log,
): (model: string, version: number) => Promise<ReferenceProfile | null> {
  const profiles = new Map<string, ReferenceProfile>();
  return async (model, version) => {
    // The fallback is no version: its rows are counted, and not binned.
    if (version === fallbackVersion) return null;
    const key = `${model}/${version}`;
    const cached = profiles.get(key);
    if (cached !== undefined) return cached;
    const digest = await source.profileDigest(model, version);
    const profile =
      digest === null ? null : await readProfile(artifacts, digest).catch((error: unknown) => reasonOf(error));
    if (profile === null || typeof profile === 'string') {
      log.error(
        { model, version, reason: profile ?? 'the version is not known' },
        'a reference profile cannot be read: rows are counted without it',
      );
      return null;
    }
    // An imported version has an empty one until its first window of traffic has become its reference: not kept, asked
    // again.
    if (profile.rows === 0) return null;
    profiles.set(key, profile);
    const oldest = profiles.keys().next().value;
    if (profiles.size > profilesMax && oldest !== undefined) profiles.delete(oldest);
    return profile;
  };
}

async function readProfile(
  artifacts: { readBytes(digest: string): Promise<Uint8Array> },
  digest: string,
): Promise<ReferenceProfile> {
  const value: unknown = JSON.parse(Buffer.from(await artifacts.readBytes(digest)).toString('utf8'));
  if (isProfile(value)) return value;
  throw new Error(`artifact ${digest} is no reference profile of a known format`);
}

/** Artifacts are written by this program and verified against their digest: the shape is checked, not every number. */
function isProfile(value: unknown): value is ReferenceProfile {
  if (typeof value !== 'object' || value === null) return false;
  const known = 'formatVersion' in value && value.formatVersion === 1;
  return (
    known &&
    'features' in value &&
    Array.isArray(value.features) &&
    'prediction' in value &&
    typeof value.prediction === 'object'
  );
}
