import { PerennialError, type ErrorCode } from '../domain/words/errors.ts';
import { privateAddressCode } from '../outbound/fetch-foreign.ts';

/** Whose bucket it is, for what is said of it. */
export interface S3Place {
  readonly bucket: string;
  /** How a failure that a person has to repair is called: `invalid_data` of a source, `configuration` of a store. */
  readonly code: Extract<ErrorCode, 'invalid_data' | 'configuration'>;
  /** The setting or member to correct. */
  readonly path: string;
}

type Sentence = readonly [says: string, hint: string];

/** By the name of the error, as S3 and the SDK call it: what is wrong, and what to do. */
const repairs: Readonly<Record<string, Sentence>> = {
  NoSuchBucket: ['is not there', 'Make the bucket, or correct its name.'],
  AccessDenied: ['may not be used by these credentials', 'Grant them what the documentation lists for this bucket.'],
  Forbidden: ['may not be used by these credentials', 'Grant them what the documentation lists for this bucket.'],
  AllAccessDisabled: ['may not be used by these credentials', 'Ask the owner of the bucket.'],
  SignatureDoesNotMatch: ['does not take these credentials', 'Correct the secret access key.'],
  InvalidAccessKeyId: ['does not take these credentials', 'Correct the access key id.'],
  InvalidToken: ['does not take these credentials', 'Correct the session token.'],
  ExpiredToken: ['does not take these credentials any more: they have expired', 'Give it new ones.'],
  CredentialsProviderError: [
    'has no credentials',
    'Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, a profile or a role.',
  ],
  PermanentRedirect: ['lies in another region', 'Name its region.'],
  AuthorizationHeaderMalformed: ['lies in another region', 'Name its region.'],
  RequestTimeTooSkewed: ['refuses the clock of this machine', 'Set the clock of this machine.'],
};

/** An answer to HEAD has no body that could name the error. */
const bare: Readonly<Record<string, string>> = { 301: 'PermanentRedirect', 403: 'Forbidden' };

/**
 * A failure of a call as one sentence of ours: what a person has to repair by the code of the place, all else, such as
 * a store that is away, as `unavailable`, which is tried again. Nothing that the store or the SDK wrote is repeated.
 */
export function s3Failure(error: unknown, { bucket, code, path }: S3Place): PerennialError {
  if (error instanceof PerennialError) return error;
  if (codeOf(error) === privateAddressCode)
    return new PerennialError(code, `The bucket ${bucket} is not read: its endpoint is a private address.`, {
      path,
      hint: 'An operator lists its host:port in PERENNIAL_SOURCE_PRIVATE_HOSTS to allow it.',
    });
  const name = error instanceof Error ? error.name : '';
  const known = repairs[name] ?? repairs[bare[String(statusOf(error))] ?? ''];
  if (known !== undefined)
    return new PerennialError(code, `The bucket ${bucket} ${known[0]}.`, { path, hint: known[1] });
  const status = statusOf(error);
  const said = status === null ? 'did not answer' : `answered with ${status}`;
  return new PerennialError('unavailable', `The store of the bucket ${bucket} ${said}.`, {
    path,
    hint: 'It is tried again; if it lasts, look at the store and at the network to it.',
  });
}

/** True for an object that is not there. */
export function isMissingObject(error: unknown): boolean {
  return error instanceof Error && (error.name === 'NoSuchKey' || error.name === 'NotFound');
}

/** True where what was asked to be so is not: another has written meanwhile, or the object is another one. */
export function isPreconditionFailed(error: unknown): boolean {
  return statusOf(error) === 412 || statusOf(error) === 409;
}

function statusOf(error: unknown): number | null {
  if (!(error instanceof Error) || !('$metadata' in error)) return null;
  const metadata = error.$metadata;
  if (typeof metadata !== 'object' || metadata === null || !('httpStatusCode' in metadata)) return null;
  return typeof metadata.httpStatusCode === 'number' ? metadata.httpStatusCode : null;
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}
