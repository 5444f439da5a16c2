import type { Context } from 'hono';
import { HTTPException } from 'hono/http-exception';
import { problemOf } from '../contracts/http/problem.ts';
import { isDatabaseAway, isDatabaseRefusing, isUnstorableText } from '../db/base/connect.ts';
import { diskFull, isDiskFull } from '../domain/words/disk-full.ts';
import { FileEnded, isPerennialError, PerennialError } from '../domain/words/errors.ts';
import type { Log } from '../telemetry/log.ts';
import type { ApiEnvironment } from './environment.ts';

/** Every failure as problem+json with the request's id; what is not ours is logged whole and told as `internal`. */
export function answerFailure(
  error: unknown,
  context: Context<ApiEnvironment>,
  log: Pick<Log, 'info' | 'error'>,
): Response {
  const requestId = context.get('requestId');
  const known = context.req.raw.signal.aborted && !isPerennialError(error) ? hungUp(error) : asKnown(error);
  if (known.status >= 500) log.error({ requestId, err: error, path: context.req.path }, known.message);
  const problem = problemOf(known, requestId);
  const headers: Record<string, string> = { 'content-type': 'application/problem+json' };
  if (known.code === 'unauthenticated') headers['www-authenticate'] = 'Bearer';
  if (known instanceof FileEnded) headers['content-range'] = `bytes */${known.bytes}`;
  if (known.status === 503 || known.status === 429) headers['retry-after'] = String(known.retryAfterSeconds ?? 1);
  return new Response(JSON.stringify(problem), { status: problem.status, headers });
}

/** Reading a request whose client has gone fails, and nothing of ours has. */
function hungUp(cause: unknown): PerennialError {
  return new PerennialError('invalid_request', 'The client hung up before its request was whole.', { cause });
}

/** Any failure as one of the closed set. */
export function asKnown(error: unknown): PerennialError {
  if (isPerennialError(error)) return error;
  if (error instanceof HTTPException) {
    // A body that does not say that it is JSON is refused before it could be taken for an empty one.
    if (error.status === 415)
      return new PerennialError('unsupported_media_type', 'The body is not JSON by its Content-Type.', {
        path: 'Content-Type',
        cause: error,
      });
    const code = error.status === 413 ? 'too_large' : error.status === 404 ? 'not_found' : 'invalid_request';
    return new PerennialError(code, error.message === '' ? 'The request cannot be read.' : error.message, {
      cause: error,
    });
  }
  if (isUnstorableText(error))
    return new PerennialError(
      'invalid_request',
      'The request holds text that cannot be stored: U+0000, or half of a surrogate pair.',
      { cause: error },
    );
  if (isDiskFull(error)) return diskFull('the request', 'artifacts', error);
  if (isDatabaseAway(error))
    return new PerennialError('unavailable', 'The database does not answer.', { cause: error });
  if (isDatabaseRefusing(error))
    return new PerennialError('unavailable', 'The database refuses our login.', { cause: error });
  return new PerennialError('internal', 'Something failed that should not have.', { cause: error });
}
