import type { Context } from 'hono';
import { bearerOf, hashSecret } from '../../access/secret.ts';
import { PerennialError } from '../../domain/words/errors.ts';
import type { Serving } from '../serving.ts';
import type { Env } from './respond.ts';

const contentType = 'text/plain; version=0.0.4; charset=utf-8';

/**
 * `GET /metrics`, of all processes behind this port. Takes a token that may read all models, unless metrics are public.
 */
export async function metricsRoute(serving: Serving, context: Context<Env>): Promise<Response> {
  if (serving.metricsPublic !== true) await authenticateReader(serving, context);
  const text = await (serving.scrape?.() ?? serving.metrics?.text() ?? Promise.resolve(''));
  return context.body(text, 200, { 'content-type': contentType, 'cache-control': 'no-store' });
}

async function authenticateReader(serving: Serving, context: Context<Env>): Promise<void> {
  const secret = bearerOf(context.req.header('authorization'));
  if (secret === null) throw new PerennialError('unauthenticated', 'The request has no bearer token.');
  // The scope must cover every name that may stand in a label: only `*` covers `*`.
  const access = await serving.tokens.authorise(hashSecret(secret), '*', 'read');
  if (access === 'unauthenticated')
    throw new PerennialError('unauthenticated', 'The token is not known here, or was revoked, or has expired.');
  if (access === 'forbidden')
    throw new PerennialError('forbidden', 'Metrics name every model: the token may not read them all.');
}
