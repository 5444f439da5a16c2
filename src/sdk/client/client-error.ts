import type { ErrorCode } from '../../domain/words/errors.ts';

/**
 * The server's own codes, and those of the way to it: `unreachable` (nobody answered) and `unknown_answer` (somebody
 * did, but not in a form that this version reads). A newer server may have codes that this version does not list.
 */
export type ClientErrorCode = ErrorCode | 'unreachable' | 'unknown_answer' | (string & {});

export interface ClientErrorParts {
  readonly code: ClientErrorCode;
  readonly message: string;
  readonly hint: string;
  readonly retryable: boolean;
  /** HTTP status; 0 when there was no answer. */
  readonly status: number;
  readonly path?: string | undefined;
  readonly requestId?: string | undefined;
  readonly retryAfterMs?: number | undefined;
  readonly cause?: unknown;
}

/** The one error that calls fail with (an abort fails with the reason of its signal, as fetch does). */
export class PerennialClientError extends Error {
  readonly code: ClientErrorCode;
  readonly status: number;
  /** True when the same call may succeed later. Calls have been repeated already, within their bounds. */
  readonly retryable: boolean;
  /** What to do about it, in one sentence. */
  readonly hint: string;
  /** The offending place in what was sent, such as `rows[0].country`. */
  readonly path: string | undefined;
  /** Names the request in the logs of the server. */
  readonly requestId: string | undefined;
  /** How long the server asked to wait. */
  readonly retryAfterMs: number | undefined;

  constructor(parts: ClientErrorParts) {
    super(parts.message, parts.cause === undefined ? undefined : { cause: parts.cause });
    this.name = 'PerennialClientError';
    this.code = parts.code;
    this.status = parts.status;
    this.retryable = parts.retryable;
    this.hint = parts.hint;
    this.path = parts.path;
    this.requestId = parts.requestId;
    this.retryAfterMs = parts.retryAfterMs;
  }
}

/** True for an error of this client, also when two copies of the package are loaded. */
export function isPerennialClientError(error: unknown): error is PerennialClientError {
  return error instanceof Error && error.name === 'PerennialClientError' && 'code' in error && 'retryable' in error;
}
