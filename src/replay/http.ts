import { setTimeout as delay } from 'node:timers/promises';
import { PerennialError, isErrorCode } from '../domain/words/errors.ts';
import { cut } from '../domain/words/cut.ts';

/** A process that was killed is back within seconds; a request with an id of its own may be sent again. */
const attemptsMax = 60;
const attemptTimeoutMs = 30_000;
const pauseMsMax = 1_000;

export interface Target {
  readonly url: string;
  readonly token: string;
}

/** One JSON request, sent again while the server is away; answers of the closed error set are thrown as such. */
export async function requestJson<T>(target: Target, method: 'GET' | 'POST', path: string, body?: unknown): Promise<T> {
  let last: PerennialError = new PerennialError('unavailable', `${target.url} was not asked`);
  for (let attempt = 0; attempt < attemptsMax; attempt++) {
    const result = await once<T>(target, method, path, body);
    if ('answer' in result) return result.answer;
    last = result.error;
    if (!last.retryable) throw last;
    await delay(Math.min(50 * 2 ** attempt, pauseMsMax));
  }
  throw last;
}

async function once<T>(
  target: Target,
  method: string,
  path: string,
  body: unknown,
): Promise<{ readonly answer: T } | { readonly error: PerennialError }> {
  try {
    const response = await fetch(`${target.url}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${target.token}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(attemptTimeoutMs),
    });
    const text = await response.text();
    if (response.ok) return { answer: JSON.parse(text) as T };
    return { error: problemOf(response.status, text) };
  } catch (cause) {
    return {
      error: new PerennialError(
        'unavailable',
        `${method} ${target.url}${path} got no answer: ${cause instanceof Error ? cause.message : String(cause)}`,
        { cause },
      ),
    };
  }
}

function problemOf(status: number, text: string): PerennialError {
  let problem: { code?: unknown; detail?: unknown; title?: unknown } = {};
  try {
    problem = JSON.parse(text) as typeof problem;
  } catch {
    problem = { detail: cut(text, 300) };
  }
  const code = isErrorCode(problem.code) ? problem.code : status >= 500 ? 'unavailable' : 'invalid_request';
  return new PerennialError(code, String(problem.detail ?? problem.title ?? `status ${status}`));
}
