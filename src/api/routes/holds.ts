import { commandAnswer, type CommandAnswer } from '../../contracts/http/answers.ts';
import { holdList, reasonedRequest } from '../../contracts/http/command-requests.ts';
import { pageOfList } from '../../contracts/http/page.ts';
import { idempotencyHeader, modelParams, shortListQuery } from '../../contracts/http/requests.ts';
import type { CommandContext, CommandInput } from '../../commands/base/context.ts';
import { holds, releaseHold, setHold } from '../../commands/control/hold.ts';
import type { Api } from '../../control/app.ts';
import { linkNext } from '../../control/entity-tag.ts';
import type { ApiDependencies } from '../../control/environment.ts';
import { answers, jsonBody } from '../answers.ts';
import { commandInput } from '../command-input.ts';
import { contextsOver } from '../context-of.ts';
import { secured } from '../secured.ts';

type Verb = (context: CommandContext, input: CommandInput) => Promise<CommandAnswer>;

/** Legal holds: while one stands, nothing of the model is removed. */
export function holdRoutes(app: Api, dependencies: ApiDependencies): void {
  const contextOf = contextsOver(dependencies);
  const on = (path: `/v1/models/{name}/hold${string}`, summary: string, verb: Verb): void => {
    app.openapi(
      secured(dependencies.database, {
        method: 'post',
        path,
        summary,
        request: { headers: idempotencyHeader, params: modelParams, body: jsonBody(reasonedRequest) },
        responses: answers(commandAnswer, 'It was done and recorded.'),
      }),
      async (context) => {
        const { reason } = context.req.valid('json');
        const input = commandInput(context.req.valid('param').name, context.req.valid('header'), reason);
        return context.json(await verb(contextOf(context), input), 200);
      },
    );
  };
  on('/v1/models/{name}/hold', 'Legal hold: nothing of the model is removed until it is released', setHold);
  on('/v1/models/{name}/hold/release', 'End a legal hold', releaseHold);
  app.openapi(
    secured(dependencies.database, {
      method: 'get',
      path: '/v1/holds',
      summary: 'Legal holds that stand',
      request: { query: shortListQuery },
      responses: answers(holdList, 'By model.'),
    }),
    async (context) => {
      const query = context.req.valid('query');
      const { items, next } = pageOfList(await holds(contextOf(context)), query, (row) => row.model);
      linkNext(context, next);
      return context.json({ holds: [...items], next }, 200);
    },
  );
}
