import { randomUUID } from 'node:crypto';
import { OpenAPIHono } from '@hono/zod-openapi';
import { bodyLimit } from 'hono/body-limit';
import { cors } from 'hono/cors';
import { createFailureLimit } from '../access/failure-limit.ts';
import { routeRules } from '../access/permissions.ts';
import { crossOriginRules } from '../contracts/cross-origin.ts';
import { describeIssues } from '../contracts/describe-issues.ts';
import { PerennialError } from '../domain/errors.ts';
import { answerNotModified } from './entity-tag.ts';
import { answerFailure } from './failures.ts';
import type { ApiDependencies, ApiEnvironment } from './environment.ts';
import { keepAnswers } from './keep-answers.ts';
import { operationsOf } from './operations.ts';
import { countRequests } from './count-requests.ts';
import { traceRequests } from './trace-requests.ts';
import { docsRoutes } from './routes/docs.ts';
import { metricsRoute } from './routes/metrics.ts';
import { auditRoutes } from './routes/audit.ts';
import { annotationRoutes } from './routes/annotations.ts';
import { commandRoutes } from './routes/commands.ts';
import { eventRoutes } from './routes/events.ts';
import { healthRoutes } from './routes/health.ts';
import { modelRoutes } from './routes/models.ts';
import { tokenRoutes } from './routes/tokens.ts';
import { webhookRoutes } from './routes/webhooks.ts';
import { importRoutes, uploadPath } from './routes/import.ts';
import { stayInCommandRoutes } from './routes/stay-in-command.ts';
import { pageRoutes } from '../ui/routes.ts';
import { morePageRoutes } from '../ui/routes-more.ts';
import { signInRoutes } from '../ui/sign-in.tsx';

/** Above the largest definition that `apply` reads (16 MiB), so that its own sentence is the one that is heard. */
const bodyBytesMax = 20 * 1024 * 1024;

export type Api = OpenAPIHono<ApiEnvironment>;

/** The control API. Thin: each route checks its input, calls one verb and gives its answer. */
export function createApi(dependencies: ApiDependencies): Api {
  const app: Api = new OpenAPIHono<ApiEnvironment>({
    defaultHook: (result) => {
      if (result.success) return;
      const { text, first } = describeIssues(result.error);
      throw new PerennialError('invalid_request', `The request is not valid: ${text}`, { path: first });
    },
  });
  const failures = createFailureLimit(
    dependencies.failuresPerMinute === undefined ? {} : { failuresPerMinute: dependencies.failuresPerMinute },
  );
  app.use(async (context, next) => {
    const requestId = randomUUID();
    context.set('requestId', requestId);
    context.set('failures', failures);
    await next();
    context.header('x-request-id', requestId);
    // Answers hold names, reasons and secrets of tokens; no cache on the way may keep them. Assets say otherwise.
    if (!context.res.headers.has('cache-control')) context.header('cache-control', 'no-store');
  });
  const operations = operationsOf(app);
  if (dependencies.metrics !== undefined) app.use(countRequests(dependencies.metrics, operations));
  if (dependencies.tracer !== undefined) app.use(traceRequests(dependencies.tracer, operations));
  app.use(answerNotModified);
  const { allowedOrigins = [] } = dependencies;
  // The API only: pages live by cookies, and no other origin may touch them.
  if (allowedOrigins.length > 0) app.use('/v1/*', cors(crossOriginRules(allowedOrigins)));
  const limit = bodyLimit({
    maxSize: bodyBytesMax,
    onError: () => {
      throw new PerennialError('too_large', `The body is larger than ${bodyBytesMax} bytes.`, {
        hint: 'Send a smaller definition.',
      });
    },
  });
  app.use((context, next) => (context.req.path === uploadPath ? next() : limit(context, next)));
  app.onError((error, context) => answerFailure(error, context, dependencies.log));
  app.notFound((context) => {
    const { method, path } = context.req;
    const allowed = operations.allowed(path);
    if (allowed.length === 0) return answerFailure(nothingHere(method, path), context, dependencies.log);
    const response = answerFailure(
      new PerennialError('method_not_allowed', `There is no ${method.slice(0, 20)} here, only ${allowed.join(', ')}.`),
      context,
      dependencies.log,
    );
    response.headers.set('allow', allowed.join(', '));
    return response;
  });
  app.use(keepAnswers(dependencies, operations));
  healthRoutes(app, dependencies, operations);
  docsRoutes(app, dependencies);
  metricsRoute(app, dependencies);
  commandRoutes(app, dependencies);
  stayInCommandRoutes(app, dependencies);
  importRoutes(app, dependencies);
  annotationRoutes(app, dependencies);
  modelRoutes(app, dependencies);
  tokenRoutes(app, dependencies);
  eventRoutes(app, dependencies);
  webhookRoutes(app, dependencies);
  signInRoutes(app, dependencies);
  pageRoutes(app, dependencies);
  morePageRoutes(app, dependencies);
  auditRoutes(app, dependencies);
  return app;
}

function nothingHere(method: string, path: string): PerennialError {
  return new PerennialError(
    'not_found',
    `There is no ${method} ${path.slice(0, 200)} here. There is: ${Object.keys(routeRules).join(', ')}.`,
  );
}
