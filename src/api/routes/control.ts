import type { Context } from 'hono';
import { commandAnswer, type CommandAnswer } from '../../contracts/http/answers.ts';
import {
  alertParams,
  closeAlertRequest,
  freezeList,
  killAnswer,
  promoteRequest,
  reasonedRequest,
  resetRequest,
  runStepList,
} from '../../contracts/http/command-requests.ts';
import { pageOfList } from '../../contracts/http/page.ts';
import { idempotencyHeader, modelParams, runParams, shortListQuery } from '../../contracts/http/requests.ts';
import { trialList } from '../../contracts/http/trials.ts';
import { alertView } from '../../contracts/http/views.ts';
import { closeAlert } from '../../commands/watching/close-alert.ts';
import type { CommandContext, CommandInput } from '../../commands/base/context.ts';
import { everyModel, freeze } from '../../commands/control/freeze.ts';
import { freezes } from '../../commands/control/freezes.ts';
import { kill } from '../../commands/control/kill.ts';
import { promote } from '../../commands/control/promote.ts';
import { resetRun } from '../../commands/control/reset-run.ts';
import { runSteps } from '../../commands/control/run-steps.ts';
import { thaw } from '../../commands/control/thaw.ts';
import { listTrials } from '../../commands/trainings/list-trials.ts';
import { answers, jsonBody } from '../answers.ts';
import { commandInput } from '../command-input.ts';
import { linkNext } from '../../control/entity-tag.ts';
import type { Api } from '../../control/app.ts';
import type { ApiDependencies, ApiEnvironment } from '../../control/environment.ts';
import { secured } from '../secured.ts';

type ContextOf = (context: Context<ApiEnvironment>) => CommandContext;
type Verb = (context: CommandContext, input: CommandInput) => Promise<CommandAnswer>;
const headers = idempotencyHeader;

/** What a person does when the automatic way is not the right one. Each needs a reason. */
export function controlRoutes(app: Api, dependencies: ApiDependencies): void {
  const contextOf: ContextOf = (context) => ({ ...dependencies, principal: context.get('principal') });
  freezeRoutes(app, dependencies, contextOf);
  killRoutes(app, dependencies, contextOf);
  alertAndRunRoutes(app, dependencies, contextOf);
}

function freezeRoutes(app: Api, { database }: ApiDependencies, contextOf: ContextOf): void {
  const one = (path: `/v1/models/{name}/${string}`, summary: string, verb: Verb): void => {
    app.openapi(
      secured(database, {
        method: 'post',
        path,
        summary,
        request: { headers, params: modelParams, body: jsonBody(reasonedRequest) },
        responses: answers(commandAnswer, 'It was done and recorded.'),
      }),
      async (context) =>
        context.json(
          await verb(
            contextOf(context),
            commandInput(
              context.req.valid('param').name,
              context.req.valid('header'),
              context.req.valid('json').reason,
            ),
          ),
          200,
        ),
    );
  };
  const all = (path: '/v1/freeze' | '/v1/thaw', summary: string, verb: Verb): void => {
    app.openapi(
      secured(database, {
        method: 'post',
        path,
        summary,
        request: { headers, body: jsonBody(reasonedRequest) },
        responses: answers(commandAnswer, 'It was done and recorded.'),
      }),
      async (context) =>
        context.json(
          await verb(
            contextOf(context),
            commandInput(everyModel, context.req.valid('header'), context.req.valid('json').reason),
          ),
          200,
        ),
    );
  };
  one('/v1/models/{name}/freeze', 'No automatic change to the model until it is thawed', freeze);
  one('/v1/models/{name}/thaw', 'Let automatic changes go on', thaw);
  all('/v1/freeze', 'No automatic change to any model; needs a token for all models', freeze);
  all('/v1/thaw', 'End the freeze of every model; needs a token for all models', thaw);
  app.openapi(
    secured(database, {
      method: 'get',
      path: '/v1/freezes',
      summary: 'What is frozen now',
      request: { query: shortListQuery },
      responses: answers(freezeList, 'Latest first; `*` is every model.'),
    }),
    async (context) => {
      const { items, next } = pageOfList(
        await freezes(contextOf(context)),
        context.req.valid('query'),
        (row) => row.model,
      );
      linkNext(context, next);
      return context.json({ freezes: [...items], next }, 200);
    },
  );
}

function killRoutes(app: Api, { database }: ApiDependencies, contextOf: ContextOf): void {
  const done = 'What went back to what, and why that version.';
  app.openapi(
    secured(database, {
      method: 'post',
      path: '/v1/models/{name}/kill',
      summary: 'Kill switch: back to the last version that a person approved, and frozen',
      request: { headers, params: modelParams, body: jsonBody(reasonedRequest) },
      responses: answers(killAnswer, done),
    }),
    async (context) =>
      context.json(
        await kill(
          contextOf(context),
          commandInput(context.req.valid('param').name, context.req.valid('header'), context.req.valid('json').reason),
        ),
        200,
      ),
  );
  app.openapi(
    secured(database, {
      method: 'post',
      path: '/v1/kill',
      summary: 'Kill switch for every model; needs a token for all models',
      request: { headers, body: jsonBody(reasonedRequest) },
      responses: answers(killAnswer, done),
    }),
    async (context) =>
      context.json(
        await kill(
          contextOf(context),
          commandInput(everyModel, context.req.valid('header'), context.req.valid('json').reason),
        ),
        200,
      ),
  );
  app.openapi(
    secured(database, {
      method: 'post',
      path: '/v1/models/{name}/promote',
      summary: "Make a version champion by a person's word",
      request: { headers, params: modelParams, body: jsonBody(promoteRequest) },
      responses: answers(commandAnswer, 'It was recorded and delivered.'),
    }),
    async (context) => {
      const { version, force = false, rollout = false, reason } = context.req.valid('json');
      const input = commandInput(context.req.valid('param').name, context.req.valid('header'), reason);
      return context.json(await promote(contextOf(context), { ...input, version, force, rollout }), 200);
    },
  );
}

function alertAndRunRoutes(app: Api, { database }: ApiDependencies, contextOf: ContextOf): void {
  app.openapi(
    secured(database, {
      method: 'post',
      path: '/v1/alerts/{id}/close',
      summary: 'Close an alert by hand',
      request: { params: alertParams, body: jsonBody(closeAlertRequest) },
      responses: answers(alertView, 'Closed; it rings again when its condition comes back.'),
    }),
    async (context) =>
      context.json(
        await closeAlert(contextOf(context), {
          alertId: context.req.valid('param').id,
          reason: context.req.valid('json').reason,
        }),
        200,
      ),
  );
  app.openapi(
    secured(database, {
      method: 'get',
      path: '/v1/runs/{id}/steps',
      summary: 'Steps of a run',
      request: { params: runParams },
      responses: answers(runStepList, 'In order; an event id is where the run can start again from.'),
    }),
    async (context) => {
      const runId = context.req.valid('param').id;
      const { steps } = await runSteps(contextOf(context), { runId });
      return context.json({ runId, steps: [...steps] }, 200);
    },
  );
  app.openapi(
    secured(database, {
      method: 'get',
      path: '/v1/runs/{id}/trials',
      summary: 'Trials of the search of a training',
      request: { params: runParams },
      responses: answers(trialList, 'In the order of their numbers; none where the training searches nothing.'),
    }),
    async (context) =>
      context.json(await listTrials(contextOf(context), { runId: context.req.valid('param').id }), 200),
  );
  app.openapi(
    secured(database, {
      method: 'post',
      path: '/v1/runs/{id}/reset',
      summary: 'Start a run again from before one of its steps',
      request: { headers, params: runParams, body: jsonBody(resetRequest) },
      responses: answers(commandAnswer, 'It is under way again.'),
    }),
    async (context) => {
      const { beforeEventId, reason } = context.req.valid('json');
      const key = context.req.valid('header')['idempotency-key'] ?? null;
      return context.json(
        await resetRun(contextOf(context), { runId: context.req.valid('param').id, beforeEventId, key, reason }),
        200,
      );
    },
  );
}
