import { getConnInfo } from '@hono/node-server/conninfo';
import type { Context } from 'hono';
import type { Span } from '../../telemetry/tracer.ts';
import { refuse, type Refusal } from '../answer/refusal.ts';
import type { Call } from '../edge/call.ts';
import type { Serving } from '../serving.ts';

/** What middleware hands to the routes. */
export interface Env {
  Variables: {
    requestId: string;
    startedAtMs: number;
    /** The request's span; absent without tracing. */
    span?: Span;
  };
}

/** The request as every door hands it on. */
export function callOf(context: Context<Env>): Call {
  return {
    requestId: context.get('requestId'),
    startedAtMs: context.get('startedAtMs'),
    authorization: context.req.header('authorization'),
    address: addressOf(context),
    span: context.get('span'),
  };
}

function addressOf(context: Context<Env>): string | null {
  try {
    return getConnInfo(context).remote.address ?? null;
  } catch {
    return null;
  }
}

/** Any failure as problem+json. */
export function problem(serving: Serving, context: Context<Env>, error: unknown): Response {
  const { problem: body, retryAfterSeconds } = refusalOf(serving, context, error);
  return context.body(JSON.stringify(body), asStatus(body.status), {
    'content-type': 'application/problem+json',
    ...retryHeader(retryAfterSeconds),
    ...(body.status === 401 ? { 'www-authenticate': 'Bearer' } : {}),
  });
}

/** The same under `/v2`, where the Open Inference Protocol wants `{"error": "..."}`. */
export function protocolError(serving: Serving, context: Context<Env>, error: unknown): Response {
  const { problem: body, retryAfterSeconds } = refusalOf(serving, context, error);
  const detail = /[.!?]$/.test(body.detail) ? body.detail : `${body.detail}.`;
  return context.json({ error: `${detail} ${body.hint}` }, asStatus(body.status), retryHeader(retryAfterSeconds));
}

function refusalOf(serving: Serving, context: Context<Env>, error: unknown): Refusal {
  const call = { requestId: context.get('requestId'), span: context.get('span') };
  return refuse(serving, call, context.req.path, error);
}

function retryHeader(seconds: number | null): Record<string, string> {
  return seconds === null ? {} : { 'retry-after': String(seconds) };
}

type Status = 400 | 401 | 403 | 404 | 405 | 409 | 413 | 422 | 429 | 500 | 503 | 504;
const statuses: readonly Status[] = [400, 401, 403, 404, 405, 409, 413, 422, 429, 500, 503, 504];

function asStatus(status: number): Status {
  return statuses.find((known) => known === status) ?? 500;
}
