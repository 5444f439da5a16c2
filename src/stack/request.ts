import { Readable } from 'node:stream';
import type { z } from 'zod';
import { errorOfProblem } from '../contracts/http/problem.ts';
import { PerennialError } from '../domain/words/errors.ts';
import { notRunning } from './find-stack.ts';

/** Nothing that the CLI asks takes longer; commands are recorded, not waited for. */
const limitMs = 30_000;

export interface Ask {
  readonly method: 'GET' | 'POST' | 'DELETE';
  readonly url: string;
  readonly token: string;
  readonly body?: unknown;
  /** The same as text, as it is sent. */
  readonly text?: string;
  /** Sent as `Idempotency-Key`. */
  readonly key?: string | null;
  /** Sent as `If-Match`. */
  readonly ifMatch?: string | null;
  /** A file as the body, instead of JSON. */
  readonly file?: { readonly stream: Readable; readonly bytes: number };
  /** Where an answer may take longer than usual. */
  readonly limitMs?: number;
}

/** A body that is JSON already, as it stands: numbers keep their digits. Otherwise as `request`. */
export async function requestText<Schema extends z.ZodType>(
  schema: Schema,
  { text, ...ask }: Pick<Ask, 'url' | 'token' | 'key'> & { readonly text: string },
): Promise<z.infer<Schema>> {
  return request(schema, { ...ask, method: 'POST', text });
}

/** One request, its answer checked. Throws the server's own error, or `unavailable` when nothing answers there. */
export async function request<Schema extends z.ZodType>(schema: Schema, ask: Ask): Promise<z.infer<Schema>> {
  const response = await send(ask);
  if (!response.ok) throw await refusalOf(response, ask.url);
  const body: unknown = await response.json().catch(() => null);
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data;
  throw new PerennialError('unsupported', `${ask.url} gave an answer that this version does not read.`, {
    hint: 'Use the CLI of the version that is running.',
    cause: parsed.error,
  });
}

/** The server's own error of an answer that is none. */
export async function refusalOf(response: Response, url: string): Promise<PerennialError> {
  const body: unknown = await response.json().catch(() => null);
  return (
    errorOfProblem(body, Number(response.headers.get('retry-after'))) ??
    new PerennialError('internal', `${url} answered ${response.status}.`)
  );
}

/** One request as it is answered. Throws `timeout`, or `unavailable` when nothing answers there. */
export async function send(ask: Ask): Promise<Response> {
  const headers: Record<string, string> = { authorization: `Bearer ${ask.token}`, accept: 'application/json' };
  if (ask.body !== undefined || ask.text !== undefined) headers['content-type'] = 'application/json';
  if (ask.file !== undefined) {
    headers['content-type'] = 'application/octet-stream';
    headers['content-length'] = String(ask.file.bytes);
  }
  if (ask.key !== undefined && ask.key !== null) headers['idempotency-key'] = ask.key;
  if (ask.ifMatch !== undefined && ask.ifMatch !== null) headers['if-match'] = ask.ifMatch;
  try {
    return await fetch(ask.url, {
      method: ask.method,
      headers,
      signal: AbortSignal.timeout(ask.limitMs ?? limitMs),
      ...(ask.body === undefined ? {} : { body: JSON.stringify(ask.body) }),
      ...(ask.text === undefined ? {} : { body: ask.text }),
      ...(ask.file === undefined ? {} : { body: Readable.toWeb(ask.file.stream), duplex: 'half' }),
    });
  } catch (cause) {
    if (cause instanceof DOMException && cause.name === 'TimeoutError') {
      throw new PerennialError('timeout', `${ask.url} did not answer within ${(ask.limitMs ?? limitMs) / 1_000} s.`, {
        cause,
      });
    }
    if (isRefused(cause)) throw notRunning();
    throw new PerennialError('unavailable', `${ask.url} cannot be reached (${innermost(cause)}).`, { cause });
  }
}

/** `fetch failed` says nothing; what it was caused by does. */
function innermost(error: unknown): string {
  let text = String(error);
  for (let at: unknown = error, depth = 0; at instanceof Error && depth < 5; at = at.cause, depth++)
    text = at.message === '' ? text : at.message;
  return text;
}

function isRefused(error: unknown): boolean {
  for (let at: unknown = error, depth = 0; at instanceof Error && depth < 5; at = at.cause, depth++) {
    if ('code' in at && at.code === 'ECONNREFUSED') return true;
    if (at instanceof AggregateError && at.errors.some(isRefused)) return true;
  }
  return false;
}
