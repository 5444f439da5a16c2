import { commandAnswer } from '../../contracts/http/answers.ts';
import { delegateRequest, delegationList, revokeDelegationRequest } from '../../contracts/http/delegations.ts';
import { pageOfList } from '../../contracts/http/page.ts';
import { idempotencyHeader, modelParams, shortListQuery } from '../../contracts/http/requests.ts';
import { delegateApproval, delegations, revokeDelegation } from '../../commands/control/delegate-approval.ts';
import type { Api } from '../../control/app.ts';
import { linkNext } from '../../control/entity-tag.ts';
import type { ApiDependencies } from '../../control/environment.ts';
import { answers, jsonBody } from '../answers.ts';
import { commandInput } from '../command-input.ts';
import { contextsOver } from '../context-of.ts';
import { secured } from '../secured.ts';

/** Who may approve a model's rollouts in the place of somebody whom its definition names. */
export function delegationRoutes(app: Api, dependencies: ApiDependencies): void {
  const contextOf = contextsOver(dependencies);
  app.openapi(
    secured(dependencies.database, {
      method: 'post',
      path: '/v1/models/{name}/approval/delegate',
      summary: "Hand one's right to approve rollouts of the model to another name, for some days",
      request: { headers: idempotencyHeader, params: modelParams, body: jsonBody(delegateRequest) },
      responses: answers(commandAnswer, 'It was done and recorded.'),
    }),
    async (context) => {
      const body = context.req.valid('json');
      const input = commandInput(context.req.valid('param').name, context.req.valid('header'), body.reason);
      return context.json(await delegateApproval(contextOf(context), { ...body, ...input }), 200);
    },
  );
  app.openapi(
    secured(dependencies.database, {
      method: 'post',
      path: '/v1/models/{name}/approval/revoke',
      summary: 'Take back a right to approve that was handed on',
      request: { headers: idempotencyHeader, params: modelParams, body: jsonBody(revokeDelegationRequest) },
      responses: answers(commandAnswer, 'It was done and recorded.'),
    }),
    async (context) => {
      const { to, from = null, reason } = context.req.valid('json');
      const input = commandInput(context.req.valid('param').name, context.req.valid('header'), reason);
      return context.json(await revokeDelegation(contextOf(context), { ...input, to, from }), 200);
    },
  );
  app.openapi(
    secured(dependencies.database, {
      method: 'get',
      path: '/v1/models/{name}/approval/delegations',
      summary: 'Rights to approve that are handed on now',
      request: { params: modelParams, query: shortListQuery },
      responses: answers(delegationList, 'By who handed it on, and to whom.'),
    }),
    async (context) => {
      const query = context.req.valid('query');
      const found = await delegations(contextOf(context), context.req.valid('param').name);
      const { items, next } = pageOfList(found, query, ({ from, to }) => `${from}/${to}`);
      linkNext(context, next);
      return context.json({ delegations: [...items], next }, 200);
    },
  );
}
