import { randomUUID } from 'node:crypto';
import { Hono } from 'hono';
import { PerennialError } from '../../domain/errors.ts';
import type { Serving } from '../serving.ts';
import { healthRoutes } from './health-routes.ts';
import { labelsRoute } from './labels-route.ts';
import { predictRoute } from './predict-route.ts';
import { protocolRoutes } from './protocol-routes.ts';
import { problem, protocolError, type Env } from './respond.ts';

const requestIdPattern = /^[\x21-\x7e]{1,128}$/;

/** Every route of the inference port. Default deny: only the health routes answer without a token. */
export function createInferenceApp(serving: Serving, productVersion: string): Hono<Env> {
  const app = new Hono<Env>({ strict: false });
  app.use(async (context, next) => {
    const given = context.req.header('x-request-id');
    const requestId = given !== undefined && requestIdPattern.test(given) ? given : randomUUID();
    context.set('requestId', requestId);
    context.set('startedAtMs', performance.now());
    context.header('x-request-id', requestId);
    if (serving.isDraining()) context.header('connection', 'close');
    await next();
  });
  healthRoutes(app, serving);
  app.post('/v1/models/:name/predict', (context) => predictRoute(serving, context, context.req.param('name')));
  app.post('/v1/labels', (context) => labelsRoute(serving, context));
  app.route('/v2', protocolRoutes(serving, productVersion));
  app.notFound((context) => {
    const error = new PerennialError('not_found', `There is nothing at ${context.req.method} ${context.req.path.slice(0, 200)}.`);
    return context.req.path.startsWith('/v2') ? protocolError(context, error, serving.log) : problem(context, error, serving.log);
  });
  app.onError((error, context) => problem(context, error, serving.log));
  return app;
}
