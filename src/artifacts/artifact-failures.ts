import { PerennialError } from '../domain/words/errors.ts';
import { isDigest } from './digest.ts';

/** Only a digest is a name: nothing else reaches a disk or a bucket. */
export function refuseOtherNames(digest: string): void {
  if (isDigest(digest)) return;
  throw new PerennialError('invalid_request', 'an artifact is named by 64 lower-case hex digits', {
    path: digest.slice(0, 80),
  });
}

export function corrupt(digest: string): PerennialError {
  return new PerennialError('artifact_corrupt', `artifact ${digest} holds other bytes than its name says`, {
    path: digest,
    hint: 'Upload the same bytes again, which replaces them, or restore the artifact from a back-up.',
  });
}

export function missing(digest: string, cause?: unknown): PerennialError {
  return new PerennialError('not_found', `artifact ${digest} is not in the store`, {
    path: digest,
    hint: 'Restore the artifact from a back-up, or produce it again by running the step that wrote it.',
    cause,
  });
}
