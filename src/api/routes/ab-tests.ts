import { planAbTest } from '../../commands/ab-tests/plan-ab-test.ts';
import { abTestOf, abTests } from '../../commands/ab-tests/read-ab-tests.ts';
import { startAbTest } from '../../commands/ab-tests/start-ab-test.ts';
import { stopAbTest } from '../../commands/ab-tests/stop-ab-test.ts';
import {
  abTestForecast,
  abTestList,
  abTestView,
  plannedAbTest,
  startAbTestRequest,
} from '../../contracts/http/ab-tests.ts';
import { commandAnswer } from '../../contracts/http/answers.ts';
import { decodeCursor, keyInt, pageOf } from '../../contracts/http/page.ts';
import { reasonedRequest } from '../../contracts/http/command-requests.ts';
import { abTestParams, idempotencyHeader, modelParams, pageQuery } from '../../contracts/http/requests.ts';
import type { Api } from '../../control/app.ts';
import { linkNext } from '../../control/entity-tag.ts';
import type { ApiDependencies } from '../../control/environment.ts';
import { answers, jsonBody } from '../answers.ts';
import { commandInput } from '../command-input.ts';
import { contextsOver } from '../context-of.ts';
import { secured } from '../secured.ts';

/** A/B tests of a model: planned, begun, read and stopped. */
export function abTestRoutes(app: Api, dependencies: ApiDependencies): void {
  const contextOf = contextsOver(dependencies);
  app.openapi(
    secured(dependencies.database, {
      method: 'post',
      path: '/v1/models/{name}/ab-test/plan',
      summary: 'What an A/B test would be with every default, and how long it would take at this traffic',
      request: { params: modelParams, body: jsonBody(plannedAbTest) },
      responses: answers(abTestForecast, 'Nothing was begun.'),
    }),
    async (context) => {
      const input = { model: context.req.valid('param').name, ...context.req.valid('json') };
      return context.json(await planAbTest(contextOf(context), input), 200);
    },
  );
  app.openapi(
    secured(dependencies.database, {
      method: 'post',
      path: '/v1/models/{name}/ab-test/start',
      summary: 'Begin an A/B test of the champion against other versions',
      request: { headers: idempotencyHeader, params: modelParams, body: jsonBody(startAbTestRequest) },
      responses: answers(commandAnswer, 'It was recorded, and begins when every serving process knows its arms.'),
    }),
    async (context) => {
      const body = context.req.valid('json');
      const input = commandInput(context.req.valid('param').name, context.req.valid('header'), body.reason);
      return context.json(await startAbTest(contextOf(context), { ...body, ...input }), 200);
    },
  );
  app.openapi(
    secured(dependencies.database, {
      method: 'post',
      path: '/v1/models/{name}/ab-test/stop',
      summary: 'End the A/B test that is under way, at once',
      request: { headers: idempotencyHeader, params: modelParams, body: jsonBody(reasonedRequest) },
      responses: answers(commandAnswer, 'Its entities are answered as all others.'),
    }),
    async (context) => {
      const { reason } = context.req.valid('json');
      const input = commandInput(context.req.valid('param').name, context.req.valid('header'), reason);
      return context.json(await stopAbTest(contextOf(context), input), 200);
    },
  );
  app.openapi(
    secured(dependencies.database, {
      method: 'get',
      path: '/v1/models/{name}/ab-tests',
      summary: 'A/B tests of the model, latest first',
      request: { params: modelParams, query: pageQuery },
      responses: answers(abTestList, 'With their arms as the last look found them.'),
    }),
    async (context) => {
      const { limit, cursor } = context.req.valid('query');
      const page = { before: decodeCursor(keyInt, cursor), rowsMax: limit + 1 };
      const found = await abTests(contextOf(context), context.req.valid('param').name, page);
      const { items, next } = pageOf(found, limit, ({ number }) => number);
      linkNext(context, next);
      return context.json({ abTests: [...items], next }, 200);
    },
  );
  app.openapi(
    secured(dependencies.database, {
      method: 'get',
      path: '/v1/models/{name}/ab-tests/{number}',
      summary: 'One A/B test',
      request: { params: abTestParams },
      responses: answers(abTestView, 'Its arms as the last look found them.'),
    }),
    async (context) => {
      const { name, number } = context.req.valid('param');
      return context.json(await abTestOf(contextOf(context), name, number), 200);
    },
  );
}
