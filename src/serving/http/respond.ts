import type { Context } from 'hono';
import { problemOf } from '../../contracts/problem.ts';
import { isPerennialError } from '../../domain/errors.ts';
import type { Log } from '../ports.ts';

/** What middleware hands to the routes. */
export interface Env {
  Variables: { requestId: string; startedAtMs: number };
}

const retryAfterSeconds = '1';

/** Any failure as problem+json; what is not one of ours is logged and says nothing about its inside. */
export function problem(context: Context<Env>, error: unknown, log: Log): Response {
  const body = problemOf(error, context.get('requestId'));
  noteFailure(context, error, log);
  return context.body(JSON.stringify(body), asStatus(body.status), { 'content-type': 'application/problem+json', ...retryHeader(body) });
}

/** The same under `/v2`, where the Open Inference Protocol wants `{"error": "..."}`. */
export function protocolError(context: Context<Env>, error: unknown, log: Log): Response {
  const body = problemOf(error, context.get('requestId'));
  noteFailure(context, error, log);
  const detail = /[.!?]$/.test(body.detail) ? body.detail : `${body.detail}.`;
  return context.json({ error: `${detail} ${body.hint}` }, asStatus(body.status), retryHeader(body));
}

function noteFailure(context: Context<Env>, error: unknown, log: Log): void {
  if (isPerennialError(error) && error.code !== 'internal') return;
  const reason = error instanceof Error ? (error.stack ?? error.message) : String(error);
  log.error({ requestId: context.get('requestId'), path: context.req.path, reason }, 'a request failed');
}

function retryHeader(body: { readonly status: number }): Record<string, string> {
  return body.status === 503 ? { 'retry-after': retryAfterSeconds } : {};
}

type Status = 400 | 401 | 403 | 404 | 409 | 413 | 422 | 500 | 503 | 504;
const statuses: readonly Status[] = [400, 401, 403, 404, 409, 413, 422, 500, 503, 504];

function asStatus(status: number): Status {
  return statuses.find((known) => known === status) ?? 500;
}
