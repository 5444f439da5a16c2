import { randomUUID } from 'node:crypto';
import { OpenAPIHono } from '@hono/zod-openapi';
import { bodyLimit } from 'hono/body-limit';
import { routeRules } from '../access/permissions.ts';
import { describeIssues } from '../contracts/describe-issues.ts';
import { PerennialError } from '../domain/errors.ts';
import { answerFailure } from './failures.ts';
import type { ApiDependencies, ApiEnvironment } from './environment.ts';
import { commandRoutes } from './routes/commands.ts';
import { healthRoutes } from './routes/health.ts';
import { modelRoutes } from './routes/models.ts';
import { tokenRoutes } from './routes/tokens.ts';

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
  app.use(async (context, next) => {
    const requestId = randomUUID();
    context.set('requestId', requestId);
    await next();
    context.header('x-request-id', requestId);
    // Answers hold names, reasons and secrets of tokens; no cache on the way may keep them.
    context.header('cache-control', 'no-store');
  });
  app.use(
    bodyLimit({
      maxSize: bodyBytesMax,
      onError: () => {
        throw new PerennialError('too_large', `The body is larger than ${bodyBytesMax} bytes.`, { hint: 'Send a smaller definition.' });
      },
    }),
  );
  app.onError((error, context) => answerFailure(error, context, dependencies.log));
  app.notFound((context) => answerFailure(nothingHere(context.req.method, context.req.path), context, dependencies.log));
  healthRoutes(app, dependencies);
  commandRoutes(app, dependencies);
  modelRoutes(app, dependencies);
  tokenRoutes(app, dependencies);
  return app;
}

function nothingHere(method: string, path: string): PerennialError {
  return new PerennialError('not_found', `There is no ${method} ${path.slice(0, 200)} here. There is: ${Object.keys(routeRules).join(', ')}.`);
}
