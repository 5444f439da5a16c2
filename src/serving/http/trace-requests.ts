import type { MiddlewareHandler } from 'hono';
import type { Tracer } from '../../telemetry/tracer.ts';
import type { Env } from './respond.ts';
import { routeOf } from './routes.ts';

/** One span per request, in the trace of its `traceparent`; routes add model, version and arm. */
export function traceRequests(tracer: Tracer): MiddlewareHandler<Env> {
  return async (context, next) => {
    const { method, path } = context.req;
    const route = routeOf(path);
    const attributes = {
      'http.request.method': method,
      'http.route': route,
      'perennial.request_id': context.get('requestId'),
    };
    await tracer.request(
      `${method} ${route}`,
      attributes,
      (name) => context.req.header(name),
      async (span) => {
        context.set('span', span);
        await next();
        span.set({ 'http.response.status_code': context.res.status });
      },
    );
  };
}
