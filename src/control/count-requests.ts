import { createMiddleware } from 'hono/factory';
import { hungUpStatus } from '../domain/words/errors.ts';
import type { ControlMetrics } from '../telemetry/control-metrics.ts';
import type { ApiEnvironment } from './environment.ts';
import type { Operations } from './operations.ts';

/** Methods that are told apart; a client may make up any. */
const methods = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);

/**
 * Counts and times every request under the path of its route; what is no route is `none`, so that nobody can fill a
 * label.
 */
export function countRequests(metrics: ControlMetrics, operations: Operations) {
  return createMiddleware<ApiEnvironment>(async (context, next) => {
    const startedAtMs = performance.now();
    await next();
    const method = methods.has(context.req.method) ? context.req.method : 'other';
    const route = operations.find(method, context.req.path)?.path ?? 'none';
    const status = context.req.raw.signal.aborted ? hungUpStatus : context.res.status;
    metrics.answered(method, route, status, (performance.now() - startedAtMs) / 1_000);
  });
}
