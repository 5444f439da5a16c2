import { randomUUID } from 'node:crypto';
import { Hono } from 'hono';
import { errorsPage, errorsPageHeaders } from '../../contracts/openapi/errors-page.ts';
import { modelOpenApi } from '../../contracts/openapi/model-openapi.ts';
import { hungUpStatus, PerennialError } from '../../domain/words/errors.ts';
import type { Tracer } from '../../telemetry/tracer.ts';
import { acceptLabels } from '../answer/accept-labels.ts';
import { acceptProxies } from '../answer/accept-proxies.ts';
import { acceptRows, acceptViewRows } from '../answer/accept-rows.ts';
import { predict } from '../answer/predict.ts';
import { findModel } from '../edge/find-model.ts';
import type { Serving } from '../serving.ts';
import { allowOrigins } from './cors.ts';
import { healthRoutes } from './health-routes.ts';
import { inferenceOpenApi } from './openapi.ts';
import { metricsRoute, type MetricsDoor } from './metrics-route.ts';
import { protocolRoutes } from './protocol-routes.ts';
import { readJson, readJsonText } from './read-json.ts';
import { callOf, problem, protocolError, type Env } from './respond.ts';
import { methodsAt, routeOf } from './routes.ts';
import { traceRequests } from './trace-requests.ts';
import { cut } from '../../domain/words/cut.ts';

const requestIdPattern = /^[\x21-\x7e]{1,128}$/;

/** What only this door needs, beside what every door answers with. */
export interface HttpDoor extends MetricsDoor {
  readonly productVersion: string;
  /** Origins whose web pages may call. */
  readonly allowedOrigins?: readonly string[];
  readonly tracer?: Tracer | undefined;
}

/**
 * Every route of the inference port. Default deny: only health, the description and the codes of refusals answer
 * without a token.
 */
export function createInferenceApp(serving: Serving, door: HttpDoor): Hono<Env> {
  const app = new Hono<Env>({ strict: false });
  countRequests(app, serving);
  if (door.tracer !== undefined) app.use(traceRequests(door.tracer));
  allowOrigins(app, door.allowedOrigins ?? []);
  healthRoutes(app, serving);
  app.post('/v1/models/:name/predict', async (context) => {
    const asked = { model: context.req.param('name'), readBody: () => readJson(context) };
    return context.json(await predict(serving, callOf(context), asked));
  });
  app.post('/v1/models/:name/rows', async (context) => {
    const asked = {
      model: context.req.param('name'),
      idempotencyKey: context.req.header('idempotency-key'),
      readBody: () => readJsonText(context),
    };
    return context.json(await acceptRows(serving, callOf(context), asked), 202);
  });
  app.post('/v1/views/:name/rows', async (context) => {
    const asked = {
      view: context.req.param('name'),
      idempotencyKey: context.req.header('idempotency-key'),
      readBody: () => readJsonText(context),
    };
    return context.json(await acceptViewRows(serving, callOf(context), asked), 202);
  });
  app.post('/v1/labels', async (context) =>
    context.json(await acceptLabels(serving, callOf(context), { readBody: () => readJson(context) }), 202),
  );
  app.post('/v1/proxies', async (context) =>
    context.json(await acceptProxies(serving, callOf(context), { readBody: () => readJson(context) }), 202),
  );
  app.get('/v1/models/:name/openapi.json', async (context) => {
    const { latestSpec, entry } = await findModel(serving, callOf(context), context.req.param('name'));
    return context.json(modelOpenApi(latestSpec, entry.specRevision, '/'));
  });
  app.get('/openapi.json', (context) => context.json(inferenceOpenApi(door.productVersion)));
  app.get('/docs/errors', (context) => context.body(errorsPage(), 200, errorsPageHeaders));
  app.get('/metrics', (context) => metricsRoute(serving, door, context));
  app.route('/v2', protocolRoutes(serving, door.productVersion));
  refuseTheRest(app, serving);
  return app;
}

/** Names every request, counts it, and asks its client to connect anew where this process is ending. */
function countRequests(app: Hono<Env>, serving: Serving): void {
  app.use(async (context, next) => {
    const given = context.req.header('x-request-id');
    const requestId = given !== undefined && requestIdPattern.test(given) ? given : randomUUID();
    context.set('requestId', requestId);
    context.set('startedAtMs', performance.now());
    context.header('x-request-id', requestId);
    if (serving.isDraining()) context.header('connection', 'close');
    await next();
    serving.metrics?.answered(
      routeOf(context.req.path),
      context.req.raw.signal.aborted ? hungUpStatus : context.res.status,
      (performance.now() - context.get('startedAtMs')) / 1_000,
    );
  });
}

function refuseTheRest(app: Hono<Env>, serving: Serving): void {
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
    return path.startsWith('/v2') ? protocolError(serving, context, error) : problem(serving, context, error);
  });
  app.onError((error, context) => problem(serving, context, error));
}
