import { randomUUID } from 'node:crypto';
import { OpenAPIHono } from '@hono/zod-openapi';
import { bodyLimit } from 'hono/body-limit';
import { cors } from 'hono/cors';
import { createFailureLimit } from '../access/failure-limit.ts';
import { routeRules } from '../access/permissions.ts';
import { crossOriginRules } from '../contracts/http/cross-origin.ts';
import { describeIssues } from '../contracts/spec/describe-issues.ts';
import { PerennialError } from '../domain/words/errors.ts';
import { answerNotModified } from './entity-tag.ts';
import { answerFailure } from './failures.ts';
import type { ApiDependencies, ApiEnvironment } from './environment.ts';
import { keepAnswers } from './keep-answers.ts';
import { hasLargeBody } from './large-bodies.ts';
import { operationsOf, type Operations } from './operations.ts';
import { countRequests } from './count-requests.ts';
import { traceRequests } from './trace-requests.ts';
import { cut } from '../domain/words/cut.ts';

/** Above the largest definition that `apply` reads (16 MiB), so that its own sentence is the one that is heard. */
const bodyBytesMax = 20 * 1024 * 1024;

export type Api = OpenAPIHono<ApiEnvironment>;

/** Adds its routes to the control port. */
export type Door = (app: Api, dependencies: ApiDependencies, operations: Operations) => void;

/**
 * The control port without a route: who asks, what is refused and how, what is counted, what a repeated request gets.
 * The routes and pages are handed in as doors.
 */
export function createControlApp(dependencies: ApiDependencies, doors: readonly Door[]): Api {
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
  app.use((context, next) => (hasLargeBody(context.req.path) ? next() : limit(context, next)));
  app.onError((error, context) => answerFailure(error, context, dependencies.log));
  app.notFound((context) => {
    const { method, path } = context.req;
    const allowed = operations.allowed(path);
    if (allowed.length === 0) return answerFailure(nothingHere(method, path), context, dependencies.log);
    const response = answerFailure(
      new PerennialError('method_not_allowed', `There is no ${cut(method, 20)} here, only ${allowed.join(', ')}.`),
      context,
      dependencies.log,
    );
    response.headers.set('allow', allowed.join(', '));
    return response;
  });
  app.use(keepAnswers(dependencies, operations));
  for (const door of doors) door(app, dependencies, operations);
  return app;
}

function nothingHere(method: string, path: string): PerennialError {
  return new PerennialError(
    'not_found',
    `There is no ${method} ${cut(path, 200)} here. There is: ${Object.keys(routeRules).join(', ')}.`,
  );
}
