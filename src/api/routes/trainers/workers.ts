import { workerList, workerNotedAnswer, workerRequest } from '../../../contracts/http/trainers/trainings.ts';
import { noteTrainerWorker, trainerWorkers } from '../../../commands/trainings/workers.ts';
import type { Api } from '../../../control/app.ts';
import type { ApiDependencies } from '../../../control/environment.ts';
import { answers, jsonBody } from '../../answers.ts';
import { contextsOver } from '../../context-of.ts';
import { secured } from '../../secured.ts';

/** Who is there to fit models elsewhere, and what waits for them. */
export function trainerWorkerRoutes(app: Api, dependencies: ApiDependencies): void {
  const { database } = dependencies;
  const contextOf = contextsOver(dependencies);
  app.openapi(
    secured(database, {
      method: 'post',
      path: '/v1/trainer-workers',
      summary: 'A worker of trainings says that it is there',
      request: { body: jsonBody(workerRequest) },
      responses: answers(workerNotedAnswer, 'Until when it counts as there, and which task queues are for it.'),
    }),
    async (context) => context.json(await noteTrainerWorker(contextOf(context), context.req.valid('json')), 200),
  );
  app.openapi(
    secured(database, {
      method: 'get',
      path: '/v1/trainer-workers',
      summary: 'Workers of trainings that are there, and what waits for them',
      responses: answers(workerList, 'By queue and name; trainings by how long they have waited.'),
    }),
    async (context) => context.json(await trainerWorkers(contextOf(context)), 200),
  );
}
