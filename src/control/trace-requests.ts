import { createMiddleware } from 'hono/factory';
import type { Tracer } from '../telemetry/tracer.ts';
import type { ApiEnvironment } from './environment.ts';
import type { Operations } from './operations.ts';

/**
 * One span per request, in the trace of its `traceparent`; commands are spans inside it. Neither names nor bodies of
 * people.
 */
export function traceRequests(tracer: Tracer, operations: Operations) {
  return createMiddleware<ApiEnvironment>(async (context, next) => {
    const route = operations.find(context.req.method, context.req.path)?.path;
    const attributes = {
      'http.request.method': context.req.method,
      'perennial.request_id': context.get('requestId'),
      ...(route === undefined ? {} : { 'http.route': route }),
    };
    await tracer.request(
      route === undefined ? context.req.method : `${context.req.method} ${route}`,
      attributes,
      (name) => context.req.header(name),
      async (span) => {
        await next();
        const { status } = context.res;
        span.set({ 'http.response.status_code': status });
        if (status >= 500) span.fail(String(status), 'the request failed');
      },
    );
  });
}
