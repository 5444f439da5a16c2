import { startExperiment } from '../../../commands/experiments/start-experiment.ts';
import { experimentOf, experiments } from '../../../commands/experiments/read-experiments.ts';
import {
  experimentAnswer,
  experimentList,
  experimentRequest,
  experimentView,
} from '../../../contracts/http/trainers/experiments.ts';
import { decodeCursor, keyInt, pageOf } from '../../../contracts/http/page.ts';
import { experimentParams, idempotencyHeader, modelParams, pageQuery } from '../../../contracts/http/requests.ts';
import type { Api } from '../../../control/app.ts';
import { linkNext } from '../../../control/entity-tag.ts';
import type { ApiDependencies } from '../../../control/environment.ts';
import { answers, jsonBody } from '../../answers.ts';
import { commandInput } from '../../command-input.ts';
import { contextsOver } from '../../context-of.ts';
import { secured } from '../../secured.ts';

/** Experiments of a model: begun and read. */
export function experimentRoutes(app: Api, dependencies: ApiDependencies): void {
  const contextOf = contextsOver(dependencies);
  const path = '/v1/models/{name}/experiments';
  app.openapi(
    secured(dependencies.database, {
      method: 'post',
      path,
      summary: 'Compare several definitions of the model on the rows of one snapshot',
      request: { headers: idempotencyHeader, params: modelParams, body: jsonBody(experimentRequest) },
      responses: answers(experimentAnswer, 'It is written down; its run says what comes of it. Nothing is released.'),
    }),
    async (context) => {
      const { candidates, snapshot = null, metric = null, reason } = context.req.valid('json');
      const input = commandInput(context.req.valid('param').name, context.req.valid('header'), reason);
      return context.json(await startExperiment(contextOf(context), { ...input, candidates, snapshot, metric }), 200);
    },
  );
  app.openapi(
    secured(dependencies.database, {
      method: 'get',
      path,
      summary: 'Experiments of the model, latest first',
      request: { params: modelParams, query: pageQuery },
      responses: answers(experimentList, 'With the best candidate of each.'),
    }),
    async (context) => {
      const { limit, cursor } = context.req.valid('query');
      const page = { before: decodeCursor(keyInt, cursor), rowsMax: limit + 1 };
      const found = await experiments(contextOf(context), context.req.valid('param').name, page);
      const { items, next } = pageOf(found, limit, ({ number }) => number);
      linkNext(context, next);
      return context.json({ experiments: [...items], next }, 200);
    },
  );
  app.openapi(
    secured(dependencies.database, {
      method: 'get',
      path: `${path}/{number}`,
      summary: 'One experiment with its candidates, the best first',
      request: { params: experimentParams },
      responses: answers(experimentView, 'What each came to, and how far it is from the best one.'),
    }),
    async (context) => {
      const { name, number } = context.req.valid('param');
      return context.json(await experimentOf(contextOf(context), name, number), 200);
    },
  );
}
