/** How long a browser may keep the answer to its preflight, seconds. */
const preflightSecondsMax = 600;

/**
 * What pages of other origins may do, for both servers: nothing, unless their origin is listed. Cookies are never part
 * of it (no `credentials`): a page of another origin proves who it is with a token, as every client does.
 */
export function crossOriginRules(allowedOrigins: readonly string[]) {
  return {
    origin: [...allowedOrigins],
    allowMethods: ['GET', 'POST', 'DELETE'],
    allowHeaders: [
      'authorization',
      'content-type',
      'idempotency-key',
      'if-match',
      'if-none-match',
      'traceparent',
      'x-perennial-client',
      'x-request-id',
    ],
    exposeHeaders: ['etag', 'link', 'retry-after', 'x-request-id'],
    maxAge: preflightSecondsMax,
  };
}
