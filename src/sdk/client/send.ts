import { errorOfAnswer, repeatedStatuses, unknownAnswer } from './answer-error.ts';
import { waitBefore, type Repetition } from './backoff.ts';
import { PerennialClientError } from './client-error.ts';
import { clientVersion } from './client-version.ts';
import { refuseAborted, wait } from './wait.ts';

/** What every call takes. */
export interface CallOptions {
  readonly signal?: AbortSignal | undefined;
  /** Longest time for the whole call, its repetitions included. */
  readonly timeoutMs?: number | undefined;
}

/** One of the two servers, and how to speak to it. */
export interface Door {
  readonly url: string;
  readonly token: () => string | Promise<string>;
  readonly fetch: typeof fetch;
  readonly repetition: Repetition;
  readonly timeoutMs: number;
  readonly attemptTimeoutMs: number;
}

export interface Ask {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly body?: unknown;
  /** Sent as `Idempotency-Key`. */
  readonly key?: string;
}

/**
 * Sends one request and gives the JSON of its answer. Only what is safe to repeat may be asked through here: reads, and
 * writes that carry an id made before the first attempt. Repeats after network errors, time-outs and 429/502/503/504.
 */
export async function send(door: Door, ask: Ask, options: CallOptions = {}): Promise<unknown> {
  const { signal } = options;
  const text = ask.body === undefined ? undefined : JSON.stringify(ask.body);
  const deadlineMs = performance.now() + (options.timeoutMs ?? door.timeoutMs);
  for (let attempt = 1; ; attempt += 1) {
    refuseAborted(signal);
    const leftMs = deadlineMs - performance.now();
    // oxlint-disable-next-line no-await-in-loop -- attempts follow each other
    const outcome = await attemptOnce(door, ask, text, Math.min(leftMs, door.attemptTimeoutMs), signal);
    if ('body' in outcome) return outcome.body;
    const waitMs = waitBefore(attempt, door.repetition, outcome.error.retryAfterMs);
    if (!outcome.shouldRetry || attempt >= door.repetition.attemptsMax || performance.now() + waitMs >= deadlineMs)
      throw outcome.error;
    // oxlint-disable-next-line no-await-in-loop -- attempts follow each other
    await wait(waitMs, signal);
  }
}

type Outcome = { readonly body: unknown } | { readonly error: PerennialClientError; readonly shouldRetry: boolean };

async function attemptOnce(
  door: Door,
  ask: Ask,
  text: string | undefined,
  limitMs: number,
  signal: AbortSignal | undefined,
): Promise<Outcome> {
  const token = await door.token();
  // Aborted while the token was fetched: an event that is over is heard by nobody.
  refuseAborted(signal);
  // Not AbortSignal.any: a signal that lives as long as its program would collect one dependant per call.
  const controller = new AbortController();
  let isLate = false;
  const onAbort = (): void => controller.abort();
  signal?.addEventListener('abort', onAbort, { once: true });
  const timer = setTimeout(
    () => {
      isLate = true;
      controller.abort();
    },
    Math.max(0, limitMs),
  );
  // Called as a plain function: in browsers fetch refuses any other `this`.
  const { fetch: fetchPlain } = door;
  try {
    const response = await fetchPlain(`${door.url}${ask.path}`, requestOf(ask, token, text, controller.signal));
    const raw = await response.text();
    return outcomeOf(ask, response, raw);
  } catch (cause) {
    refuseAborted(signal);
    if (cause instanceof PerennialClientError) throw cause;
    return { error: isLate ? late(door, ask, limitMs) : unreachable(door, cause), shouldRetry: true };
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', onAbort);
  }
}

function requestOf(ask: Ask, token: string, text: string | undefined, signal: AbortSignal): RequestInit {
  return {
    method: ask.method,
    headers: {
      accept: 'application/json',
      authorization: `Bearer ${token}`,
      'x-perennial-client': `js/${clientVersion}`,
      ...(text === undefined ? {} : { 'content-type': 'application/json' }),
      ...(ask.key === undefined ? {} : { 'idempotency-key': ask.key }),
    },
    // A redirect would carry the token to wherever it points.
    redirect: 'error',
    // The token is the only proof: a cookie of the same site must not add to it.
    credentials: 'omit',
    signal,
    ...(text === undefined ? {} : { body: text }),
  };
}

function outcomeOf(ask: Ask, response: Response, raw: string): Outcome {
  let body: unknown;
  try {
    body = JSON.parse(raw);
  } catch (cause) {
    if (response.ok) throw unknownAnswer(`${ask.method} ${ask.path}`, response.status, cause);
  }
  return response.ok
    ? { body }
    : { error: errorOfAnswer(response, body), shouldRetry: repeatedStatuses.has(response.status) };
}

function late(door: Door, ask: Ask, limitMs: number): PerennialClientError {
  return new PerennialClientError({
    code: 'timeout',
    message: `${door.url}${ask.path} did not answer within ${Math.round(limitMs)} ms.`,
    hint: 'Call again with the same id, or with a longer timeoutMs; nothing is done twice.',
    retryable: true,
    status: 0,
  });
}

function unreachable(door: Door, cause: unknown): PerennialClientError {
  return new PerennialClientError({
    code: 'unreachable',
    message: `${door.url} cannot be reached (${innermost(cause)}).`,
    hint:
      'Check the address and that Perennial runs there; from a web page, ' +
      'its origin must stand in PERENNIAL_ALLOWED_ORIGINS.',
    retryable: true,
    status: 0,
    cause,
  });
}

/** `fetch failed` says nothing; what it was caused by does. */
function innermost(error: unknown): string {
  let text = String(error);
  for (let at: unknown = error, depth = 0; at instanceof Error && depth < 5; at = at.cause, depth += 1)
    text = at.message === '' ? text : at.message;
  return text;
}
