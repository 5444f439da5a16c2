import { retryAfterMs } from './backoff.ts';
import { PerennialClientError, type ClientErrorCode } from './client-error.ts';
import { clientVersion } from './client-version.ts';

const codeOfStatus: Readonly<Record<number, ClientErrorCode>> = {
  401: 'unauthenticated',
  403: 'forbidden',
  404: 'not_found',
  412: 'precondition_failed',
  413: 'too_large',
  429: 'rate_limited',
  502: 'unavailable',
  503: 'unavailable',
  504: 'timeout',
};

/** Statuses after which the same request may be sent again: it was refused for now, or a gateway lost it. */
export const repeatedStatuses: ReadonlySet<number> = new Set([429, 502, 503, 504]);

/** The error of an answer that is not a good one: the server's problem+json, or what the status says by itself. */
export function errorOfAnswer(response: Response, body: unknown): PerennialClientError {
  const problem = isObject(body) ? body : {};
  const text = (name: string): string | undefined => (typeof problem[name] === 'string' ? problem[name] : undefined);
  const { status } = response;
  return new PerennialClientError({
    code: text('code') ?? codeOfStatus[status] ?? 'unknown_answer',
    message: text('detail') ?? `${response.url} answered ${status}.`,
    hint: text('hint') ?? 'Check the address and what stands between this program and the server.',
    retryable: typeof problem['retryable'] === 'boolean' ? problem['retryable'] : repeatedStatuses.has(status),
    status,
    path: text('path'),
    requestId: text('requestId') ?? response.headers.get('x-request-id') ?? undefined,
    retryAfterMs: retryAfterMs(response.headers.get('retry-after')),
  });
}

/** The error of one row among others that were answered. */
export function errorOfRow(error: Readonly<Record<string, unknown>>, row: number): PerennialClientError {
  return new PerennialClientError({
    code: typeof error['code'] === 'string' ? error['code'] : 'internal',
    message: `rows[${row}]: ${typeof error['detail'] === 'string' ? error['detail'] : 'no version could answer'}`,
    hint: 'Ask for the other rows without this one; its failure is logged and counted with the model.',
    retryable: false,
    status: 200,
    path: `rows[${row}]`,
  });
}

/** Somebody answered, but not as this version of the platform does. */
export function unknownAnswer(what: string, status: number, cause?: unknown): PerennialClientError {
  return new PerennialClientError({
    code: 'unknown_answer',
    message: `The answer to ${what} is not one that this client (version ${clientVersion}) reads.`,
    hint: 'Check that the address is that of Perennial, and use the client of the version that is running.',
    retryable: false,
    status,
    cause,
  });
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
