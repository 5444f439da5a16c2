import { predictionList, predictionQuery } from '../../contracts/http/predictions.ts';
import { modelParams } from '../../contracts/http/requests.ts';
import { findLogged } from '../../commands/record/find-logged.ts';
import type { Api } from '../../control/app.ts';
import type { ApiDependencies } from '../../control/environment.ts';
import { answers } from '../answers.ts';
import { contextsOver } from '../context-of.ts';
import { secured } from '../secured.ts';

/** What was answered once: the row, its answer, its labels and the trainings that used it. */
export function predictionRoutes(app: Api, dependencies: ApiDependencies): void {
  const contextOf = contextsOver(dependencies);
  app.openapi(
    secured(dependencies.database, {
      method: 'get',
      path: '/v1/models/{name}/predictions',
      summary: 'Logged predictions by id or entity, newest first',
      request: { params: modelParams, query: predictionQuery },
      responses: answers(predictionList, 'None where nothing was logged under it.'),
    }),
    async (context) => {
      const { name } = context.req.valid('param');
      const query = context.req.valid('query');
      const found = await findLogged(contextOf(context), name, query, dependencies);
      return context.json({ predictions: [...found] }, 200);
    },
  );
}
