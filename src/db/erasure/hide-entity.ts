import { isDatabaseAway } from '../base/connect.ts';
import { isPerennialError, PerennialError } from '../../domain/words/errors.ts';

/**
 * Does work that handles an entity in clear. What fails fails with another error: those of statements quote their
 * values, and end in histories and logs.
 */
export async function hidingEntity<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw withoutValues(error);
  }
}

function withoutValues(error: unknown): unknown {
  // Our own sentences name paths and digests; what caused them may quote anything.
  if (isPerennialError(error)) {
    const { code, message, path, hint, retryAfterSeconds } = error;
    return new PerennialError(code, message, {
      ...(path === undefined ? {} : { path }),
      hint,
      ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
    });
  }
  const code = codeOf(error);
  if (isDatabaseAway(error)) return Object.assign(new Error('Postgres is away.'), { code: '57P01' });
  if (error instanceof Error && (error.name === 'CancelledFailure' || error.name === 'AbortError')) return error;
  return new Error(`A step of the erasure failed${code === null ? '' : ` (${code})`}.`);
}

function codeOf(error: unknown): string | null {
  for (let at: unknown = error, depth = 0; at instanceof Error && depth < 5; at = at.cause, depth++)
    if ('code' in at && typeof at.code === 'string') return at.code;
  return error instanceof Error ? error.name : null;
}
