import type { S3Source } from '../../domain/spec/source-spec.ts';
import { PerennialError } from '../../domain/words/errors.ts';
import { checkForeignUrl } from '../../outbound/fetch-foreign.ts';
import { parseS3Url } from '../../s3/s3-url.ts';
import type { SourcePlace } from '../port.ts';

/** The setting that lists hosts on the inside of the network that sources may reach. */
export const privateHostsSetting = 'PERENNIAL_SOURCE_PRIVATE_HOSTS';

/**
 * Throws invalid_data unless the bucket and prefix lie below a declared root, and the endpoint is one that a
 * definition may name. The worker's own credentials go to AWS and to listed hosts alone.
 */
export function refuseForeignBucket(spec: S3Source, place: SourcePlace): void {
  const { bucket, prefix } = parseS3Url(spec.url);
  const isDeclared = (place.buckets ?? []).some((root) => {
    const of = parseS3Url(root);
    return of.bucket === bucket && prefix.startsWith(of.prefix);
  });
  if (!isDeclared)
    throw refusal(
      `The source ${spec.url} lies outside of the source roots of this model.`,
      'source.url',
      'Add `s3://bucket/prefix/` to PERENNIAL_SOURCE_ROOTS of control and worker.',
    );
  if (spec.endpoint === undefined) return;
  const isListed = isAllowed(spec.endpoint, place.privateHosts ?? []);
  if (spec.credentials === undefined && !isListed)
    throw refusal(
      `The source ${spec.url} names an endpoint without credentials of its own.`,
      'source.credentials',
      `Name secrets in \`source.credentials\`, or list the host in ${privateHostsSetting}.`,
    );
}

function isAllowed(endpoint: string, privateHosts: readonly string[]): boolean {
  try {
    return checkForeignUrl(endpoint, privateHosts, privateHostsSetting).isAllowed;
  } catch {
    throw refusal(
      `The endpoint ${endpoint} is a private address.`,
      'source.endpoint',
      `An operator lists its host:port in ${privateHostsSetting} to allow it.`,
    );
  }
}

function refusal(message: string, path: string, hint: string): PerennialError {
  return new PerennialError('invalid_data', message, { path, hint });
}
