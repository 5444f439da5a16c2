import { storageAnswer } from '../../contracts/http/answers.ts';
import { storage } from '../../commands/record/storage.ts';
import type { Api } from '../../control/app.ts';
import type { ApiDependencies } from '../../control/environment.ts';
import { answers } from '../answers.ts';
import { contextsOver } from '../context-of.ts';
import { secured } from '../secured.ts';

/** How full the disks are. */
export function storageRoutes(app: Api, dependencies: ApiDependencies): void {
  const contextOf = contextsOver(dependencies);
  app.openapi(
    secured(dependencies.database, {
      method: 'get',
      path: '/v1/storage',
      summary: 'How full the disks are, and when they are full at this rate',
      responses: answers(storageAnswer, 'Empty until it was measured for the first time, within an hour.'),
    }),
    async (context) => context.json(await storage(contextOf(context)), 200),
  );
}
