import { commandAnswer } from '../../contracts/http/answers.ts';
import { reasonedRequest } from '../../contracts/http/command-requests.ts';
import { idempotencyHeader, modelParams } from '../../contracts/http/requests.ts';
import { resetBest } from '../../commands/control/reset-best.ts';
import type { Api } from '../../control/app.ts';
import type { ApiDependencies } from '../../control/environment.ts';
import { answers, jsonBody } from '../answers.ts';
import { commandInput } from '../command-input.ts';
import { contextsOver } from '../context-of.ts';
import { secured } from '../secured.ts';

/** The best that a model ever was, against which its champion is held. */
export function bestRoutes(app: Api, dependencies: ApiDependencies): void {
  const contextOf = contextsOver(dependencies);
  app.openapi(
    secured(dependencies.database, {
      method: 'post',
      path: '/v1/models/{name}/best/reset',
      summary: 'Hold the model no longer against the best that it ever was',
      request: { headers: idempotencyHeader, params: modelParams, body: jsonBody(reasonedRequest) },
      responses: answers(commandAnswer, 'It was done and recorded.'),
    }),
    async (context) => {
      const { reason } = context.req.valid('json');
      const input = commandInput(context.req.valid('param').name, context.req.valid('header'), reason);
      return context.json(await resetBest(contextOf(context), input), 200);
    },
  );
}
