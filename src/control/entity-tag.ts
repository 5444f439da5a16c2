import { createHash } from 'node:crypto';
import type { Context } from 'hono';
import { createMiddleware } from 'hono/factory';
import type { ApiEnvironment } from './environment.ts';

/** `"<state>.<body>"`: see `refuseStale` for why it has two halves. */
export function setModelTag(context: Context<ApiEnvironment>, state: string | null, body: unknown): void {
  context.header('etag', `"${state ?? 'none'}.${hashOf(body)}"`);
}

/** A tag over the whole answer, or one that is known to change with it. */
export function setTag(context: Context<ApiEnvironment>, tag: string): void {
  context.header('etag', `"${tag}"`);
}

export function hashOf(body: unknown): string {
  return createHash('sha256').update(JSON.stringify(body)).digest('hex').slice(0, 16);
}

/**
 * 304 without a body where the caller has what stands (`If-None-Match`; weak and strong tags alike, RFC 9110 §13.1.2).
 */
export const answerNotModified = createMiddleware<ApiEnvironment>(async (context, next) => {
  await next();
  const tag = context.res.headers.get('etag');
  const known = context.req.header('if-none-match');
  if (
    tag === null ||
    known === undefined ||
    context.res.status !== 200 ||
    !['GET', 'HEAD'].includes(context.req.method)
  )
    return;
  const isKnown = known.trim() === '*' || known.split(',').some((one) => one.trim().replace(/^W\//, '') === tag);
  if (!isKnown) return;
  context.res = new Response(null, { status: 304, headers: { etag: tag } });
});

/** `Link: <…>; rel="next"` beside the `next` of a list (RFC 8288), as a path on this server. */
export function linkNext(context: Context<ApiEnvironment>, next: string | null): void {
  if (next === null) return;
  const url = new URL(context.req.url);
  url.searchParams.set('cursor', next);
  context.header('link', `<${url.pathname}${url.search}>; rel="next"`);
}
