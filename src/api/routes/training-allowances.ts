import { commandAnswer } from '../../contracts/http/answers.ts';
import { idempotencyHeader, modelParams } from '../../contracts/http/requests.ts';
import { allowanceList, allowanceRequest } from '../../contracts/http/training-allowances.ts';
import { allowLeakage, leakageAllowances, revokeLeakage } from '../../commands/models/allow-leakage.ts';
import type { Api } from '../../control/app.ts';
import type { ApiDependencies } from '../../control/environment.ts';
import { answers, jsonBody } from '../answers.ts';
import { commandInput } from '../command-input.ts';
import { contextsOver } from '../context-of.ts';
import { secured } from '../secured.ts';

/** Suspicions of leakage that people let go, so that trainings go on. */
export function trainingAllowanceRoutes(app: Api, dependencies: ApiDependencies): void {
  const contextOf = contextsOver(dependencies);
  app.openapi(
    secured(dependencies.database, {
      method: 'get',
      path: '/v1/models/{name}/training-allowances',
      summary: 'Suspicions of leakage that somebody lets go at every training of the model',
      request: { params: modelParams },
      responses: answers(allowanceList, 'By feature and kind; at most 200.'),
    }),
    async (context) => {
      const { name: model } = context.req.valid('param');
      return context.json({ model, allowances: [...(await leakageAllowances(contextOf(context), model))] }, 200);
    },
  );
  const on = (
    path: `/v1/models/{name}/training-allowances${string}`,
    summary: string,
    verb: typeof allowLeakage,
  ): void => {
    app.openapi(
      secured(dependencies.database, {
        method: 'post',
        path,
        summary,
        request: { headers: idempotencyHeader, params: modelParams, body: jsonBody(allowanceRequest) },
        responses: answers(commandAnswer, 'It was done and recorded.'),
      }),
      async (context) => {
        const { suspicion, reason } = context.req.valid('json');
        const input = commandInput(context.req.valid('param').name, context.req.valid('header'), reason);
        return context.json(await verb(contextOf(context), { ...input, suspicion }), 200);
      },
    );
  };
  on('/v1/models/{name}/training-allowances', 'Let a suspicion go: later trainings of the model go on', allowLeakage);
  on('/v1/models/{name}/training-allowances/revoke', 'Take it back: trainings stop at it again', revokeLeakage);
}
