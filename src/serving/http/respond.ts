import type { Context } from 'hono';
import { problemOf } from '../../contracts/http/problem.ts';
import { isPerennialError } from '../../domain/words/errors.ts';
import type { InferenceMetrics } from '../../telemetry/inference-metrics.ts';
import type { Span } from '../../telemetry/tracer.ts';
import type { Log } from '../ports.ts';

/** What middleware hands to the routes. */
export interface Env {
  Variables: {
    requestId: string;
    startedAtMs: number;
    metrics?: InferenceMetrics | undefined;
    /** The request's span; absent without tracing. */
    span?: Span;
  };
}

const retryAfterSeconds = '1';

/** Any failure as problem+json; what is not one of ours is logged and says nothing about its inside. */
export function problem(context: Context<Env>, error: unknown, log: Log): Response {
  const body = problemOf(error, context.get('requestId'));
  noteFailure(context, error, log);
  return context.body(JSON.stringify(body), asStatus(body.status), {
    'content-type': 'application/problem+json',
    ...retryHeader(body, error),
    ...(body.status === 401 ? { 'www-authenticate': 'Bearer' } : {}),
  });
}

/** The same under `/v2`, where the Open Inference Protocol wants `{"error": "..."}`. */
export function protocolError(context: Context<Env>, error: unknown, log: Log): Response {
  const body = problemOf(error, context.get('requestId'));
  noteFailure(context, error, log);
  const detail = /[.!?]$/.test(body.detail) ? body.detail : `${body.detail}.`;
  return context.json({ error: `${detail} ${body.hint}` }, asStatus(body.status), retryHeader(body, error));
}

function noteFailure(context: Context<Env>, error: unknown, log: Log): void {
  const code = isPerennialError(error) ? error.code : 'internal';
  context.get('metrics')?.refused(code);
  if (code === 'internal') context.get('span')?.fail(code, error instanceof Error ? error.message : String(error));
  if (isPerennialError(error) && error.code !== 'internal') return;
  const reason = error instanceof Error ? (error.stack ?? error.message) : String(error);
  log.error({ requestId: context.get('requestId'), path: context.req.path, reason }, 'a request failed');
}

function retryHeader(body: { readonly status: number }, error: unknown): Record<string, string> {
  const seconds = isPerennialError(error) ? error.retryAfterSeconds : undefined;
  return body.status === 503 || body.status === 429 ? { 'retry-after': String(seconds ?? retryAfterSeconds) } : {};
}

type Status = 400 | 401 | 403 | 404 | 405 | 409 | 413 | 422 | 429 | 500 | 503 | 504;
const statuses: readonly Status[] = [400, 401, 403, 404, 405, 409, 413, 422, 429, 500, 503, 504];

function asStatus(status: number): Status {
  return statuses.find((known) => known === status) ?? 500;
}
