import { predictionList, predictionQuery } from '../../contracts/http/predictions.ts';
import { modelParams } from '../../contracts/http/requests.ts';
import { findLogged } from '../../commands/record/find-logged.ts';
import { PerennialError } from '../../domain/words/errors.ts';
import type { Api } from '../../control/app.ts';
import type { ApiDependencies } from '../../control/environment.ts';
import { answers } from '../answers.ts';
import { secured } from '../secured.ts';

/** What was answered once: the row, its answer, its labels and the trainings that used it. */
export function predictionRoutes(app: Api, { database, store }: ApiDependencies): void {
  app.openapi(
    secured(database, {
      method: 'get',
      path: '/v1/models/{name}/predictions',
      summary: 'Logged predictions by id or entity, newest first',
      request: { params: modelParams, query: predictionQuery },
      responses: answers(predictionList, 'None where nothing was logged under it.'),
    }),
    async (context) => {
      if (store === undefined)
        throw new PerennialError('unavailable', 'This process has no artifact store.', {
          hint: 'Set PERENNIAL_ARTIFACT_DIR for the control process.',
        });
      const { name } = context.req.valid('param');
      const principal = context.get('principal');
      const found = await findLogged({ principal, db: database.db, store }, name, context.req.valid('query'));
      return context.json({ predictions: [...found] }, 200);
    },
  );
}
