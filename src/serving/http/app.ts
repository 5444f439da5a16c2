import { randomUUID } from 'node:crypto';
import { Hono } from 'hono';
import { errorsPage, errorsPageHeaders } from '../../contracts/openapi/errors-page.ts';
import { modelOpenApi } from '../../contracts/openapi/model-openapi.ts';
import { PerennialError } from '../../domain/words/errors.ts';
import type { Serving } from '../serving.ts';
import { authorisedModel } from './authenticate.ts';
import { allowOrigins } from './cors.ts';
import { healthRoutes } from './health-routes.ts';
import { labelsRoute } from './labels-route.ts';
import { inferenceOpenApi } from './openapi.ts';
import { metricsRoute } from './metrics-route.ts';
import { predictRoute } from './predict-route.ts';
import { protocolRoutes } from './protocol-routes.ts';
import { problem, protocolError, type Env } from './respond.ts';
import { methodsAt, routeOf } from './routes.ts';
import { traceRequests } from './trace-requests.ts';
import { cut } from '../../domain/words/cut.ts';

const requestIdPattern = /^[\x21-\x7e]{1,128}$/;

/**
 * Every route of the inference port. Default deny: only health, the description and the codes of refusals answer
 * without a token.
 */
export function createInferenceApp(serving: Serving, productVersion: string): Hono<Env> {
  const app = new Hono<Env>({ strict: false });
  app.use(async (context, next) => {
    const given = context.req.header('x-request-id');
    const requestId = given !== undefined && requestIdPattern.test(given) ? given : randomUUID();
    context.set('requestId', requestId);
    context.set('startedAtMs', performance.now());
    context.header('x-request-id', requestId);
    if (serving.isDraining()) context.header('connection', 'close');
    context.set('metrics', serving.metrics);
    await next();
    serving.metrics?.answered(
      routeOf(context.req.path),
      context.res.status,
      (performance.now() - context.get('startedAtMs')) / 1_000,
    );
  });
  if (serving.tracer !== undefined) app.use(traceRequests(serving.tracer));
  allowOrigins(app, serving.allowedOrigins);
  healthRoutes(app, serving);
  app.post('/v1/models/:name/predict', (context) => predictRoute(serving, context, context.req.param('name')));
  app.post('/v1/labels', (context) => labelsRoute(serving, context));
  app.get('/v1/models/:name/openapi.json', async (context) => {
    const { latestSpec, entry } = await authorisedModel(serving, context, context.req.param('name'));
    return context.json(modelOpenApi(latestSpec, entry.specRevision, '/'));
  });
  app.get('/openapi.json', (context) => context.json(inferenceOpenApi(productVersion)));
  app.get('/docs/errors', (context) => context.body(errorsPage(), 200, errorsPageHeaders));
  app.get('/metrics', (context) => metricsRoute(serving, context));
  app.route('/v2', protocolRoutes(serving, productVersion));
  app.notFound((context) => {
    const { method, path } = context.req;
    const allowed = methodsAt(path);
    if (allowed !== null) context.header('allow', allowed);
    const error =
      allowed === null
        ? new PerennialError(
            'not_found',
            `There is nothing at ${cut(method, 20)} ${cut(path, 200)}; /openapi.json lists what there is.`,
          )
        : new PerennialError('method_not_allowed', `There is no ${cut(method, 20)} here, only ${allowed}.`);
    return context.req.path.startsWith('/v2')
      ? protocolError(context, error, serving.log)
      : problem(context, error, serving.log);
  });
  app.onError((error, context) => problem(context, error, serving.log));
  return app;
}
