import { z } from 'zod';
import { errorList, listErrors } from '../../contracts/http/problem.ts';
import { pingDatabase } from '../../db/views/views.ts';
import { answers } from '../answers.ts';
import type { Api } from '../../control/app.ts';
import type { ApiDependencies } from '../../control/environment.ts';
import { guard } from '../../control/guard.ts';
import { describeApi } from '../openapi/describe.ts';
import type { Operations } from '../../control/operations.ts';
import { secured } from '../secured.ts';

const health = z.object({ status: z.literal('ok') });

/**
 * Liveness, readiness, the codes of refusals, and the description of everything here (OpenAPI 3.1). No token needed.
 */
export function healthRoutes(app: Api, { database }: ApiDependencies, operations: Operations): void {
  app.openapi(
    secured(database, {
      method: 'get',
      path: '/health/live',
      summary: 'The process runs',
      responses: answers(health, 'It does.'),
    }),
    (context) => context.json({ status: 'ok' as const }, 200),
  );
  app.openapi(
    secured(database, {
      method: 'get',
      path: '/health/ready',
      summary: 'The process can answer',
      responses: answers(health, 'Postgres answers.'),
    }),
    async (context) => {
      await pingDatabase(database.db);
      return context.json({ status: 'ok' as const }, 200);
    },
  );
  app.openapi(
    secured(database, {
      method: 'get',
      path: '/v1/errors',
      summary: 'Codes of refusals',
      responses: answers(errorList, 'The closed list: what each code means, and whether a retry can help.'),
    }),
    (context) => context.json(listErrors(), 200),
  );
  let described: object | null = null;
  app.get('/openapi.json', guard(database, 'get', '/openapi.json'), (context) =>
    context.json((described ??= describeApi(app, operations))),
  );
}
