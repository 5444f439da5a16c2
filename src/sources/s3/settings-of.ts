import type { S3Source } from '../../domain/spec/source-spec.ts';
import { PerennialError } from '../../domain/words/errors.ts';
import type { S3Settings } from '../../s3/connect-s3.ts';
import { parseS3Url } from '../../s3/s3-url.ts';
import type { SourcePlace } from '../port.ts';
import { privateHostsSetting } from './refuse-foreign-bucket.ts';

/** How the bucket of a definition is reached, with the values of the secrets that it names. */
export async function settingsOf(spec: S3Source, place: SourcePlace): Promise<S3Settings> {
  return {
    bucket: parseS3Url(spec.url).bucket,
    code: 'invalid_data',
    path: 'source',
    endpoint: spec.endpoint,
    region: spec.region,
    ...(await credentialsOf(spec, place)),
    foreign: { privateHostsAllowed: place.privateHosts ?? [], setting: privateHostsSetting },
  };
}

async function credentialsOf({ credentials, url }: S3Source, { secret }: SourcePlace) {
  if (credentials === undefined) return {};
  if (secret === undefined)
    throw new PerennialError('configuration', `The source ${url} names secrets, and this process has none.`, {
      path: 'source.credentials',
    });
  const [accessKeyId, secretAccessKey, sessionToken] = await Promise.all([
    secret(credentials.accessKeyId),
    secret(credentials.secretAccessKey),
    credentials.sessionToken === undefined ? undefined : secret(credentials.sessionToken),
  ]);
  return { credentials: { accessKeyId, secretAccessKey, ...(sessionToken === undefined ? {} : { sessionToken }) } };
}
