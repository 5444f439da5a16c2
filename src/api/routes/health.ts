import { z } from 'zod';
import { pingDatabase } from '../../db/views.ts';
import { answers } from '../answers.ts';
import type { Api } from '../app.ts';
import type { ApiDependencies } from '../environment.ts';
import { guard } from '../guard.ts';
import { secured } from '../secured.ts';

const health = z.object({ status: z.literal('ok') });

/** Liveness, readiness, and the description of everything here (OpenAPI 3.1). No token needed. */
export function healthRoutes(app: Api, { database }: ApiDependencies): void {
  app.openapi(
    secured(database, { method: 'get', path: '/health/live', summary: 'The process runs', responses: answers(health, 'It does.') }),
    (context) => context.json({ status: 'ok' as const }, 200),
  );
  app.openapi(
    secured(database, { method: 'get', path: '/health/ready', summary: 'The process can answer', responses: answers(health, 'Postgres answers.') }),
    async (context) => {
      await pingDatabase(database.db);
      return context.json({ status: 'ok' as const }, 200);
    },
  );
  app.openAPIRegistry.registerComponent('securitySchemes', 'bearer', { type: 'http', scheme: 'bearer', description: 'A token that begins with prn_.' });
  app.get('/openapi.json', guard(database, 'get', '/openapi.json'), (context) =>
    context.json(
      app.getOpenAPI31Document({
        openapi: '3.1.0',
        info: { title: 'Perennial control API', version: '1', description: 'Models, versions, rollouts, windows and runs; and the commands that move them.' },
      }),
    ),
  );
}
