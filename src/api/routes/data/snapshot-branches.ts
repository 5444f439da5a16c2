import { branch, unbranch } from '../../../commands/tags/branch-snapshot.ts';
import { branchesOfModel } from '../../../commands/tags/read-branches.ts';
import { commandAnswer } from '../../../contracts/http/answers.ts';
import { branchRequest, snapshotBranchList } from '../../../contracts/http/data/snapshot-branches.ts';
import { idempotencyHeader, modelParams, reasonRequest } from '../../../contracts/http/requests.ts';
import type { Api } from '../../../control/app.ts';
import type { ApiDependencies } from '../../../control/environment.ts';
import { answers, jsonBody } from '../../answers.ts';
import { commandInput } from '../../command-input.ts';
import { contextsOver } from '../../context-of.ts';
import { secured } from '../../secured.ts';

const done = answers(commandAnswer, 'It was done and recorded.');

/** Histories that begin with the rows of a snapshot, by reference. */
export function snapshotBranchRoutes(app: Api, dependencies: ApiDependencies): void {
  const contextOf = contextsOver(dependencies);
  const { database } = dependencies;
  app.openapi(
    secured(database, {
      method: 'get',
      path: '/v1/models/{name}/snapshot-branches',
      summary: 'What the history of the model begins with, and which models begin with snapshots of it',
      request: { params: modelParams },
      responses: answers(snapshotBranchList, 'By name; at most 500.'),
    }),
    async (context) => {
      const { name: model } = context.req.valid('param');
      const { begins, branches } = await branchesOfModel(contextOf(context), model);
      return context.json({ model, begins, branches: [...branches] }, 200);
    },
  );
  app.openapi(
    secured(database, {
      method: 'post',
      path: '/v1/models/{name}/snapshot-branches',
      summary: 'Begin the history of the model with the rows of a snapshot of another one, by reference',
      request: { headers: idempotencyHeader, params: modelParams, body: jsonBody(branchRequest) },
      responses: done,
    }),
    async (context) => {
      const { origin, from = null, reason } = context.req.valid('json');
      const input = commandInput(context.req.valid('param').name, context.req.valid('header'), reason);
      return context.json(await branch(contextOf(context), { ...input, origin, from }), 200);
    },
  );
  app.openapi(
    secured(database, {
      method: 'post',
      path: '/v1/models/{name}/snapshot-branches/end',
      summary: 'Begin its next definition with its own source alone; the history that stands stays',
      request: { headers: idempotencyHeader, params: modelParams, body: jsonBody(reasonRequest) },
      responses: done,
    }),
    async (context) => {
      const { reason } = context.req.valid('json');
      const input = commandInput(context.req.valid('param').name, context.req.valid('header'), reason);
      return context.json(await unbranch(contextOf(context), input), 200);
    },
  );
}
