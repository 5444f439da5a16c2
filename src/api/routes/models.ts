import type { Context } from 'hono';
import { z } from 'zod';
import { alertList, modelList, rolloutList } from '../../contracts/answers.ts';
import { alertsQuery, championQuery, historyQuery, limitQuery, modelParams, runParams, versionParams } from '../../contracts/requests.ts';
import { championAtView, historyView, runDetailView, settledView, statusView, versionDetailView } from '../../contracts/views.ts';
import type { CommandContext } from '../../commands/context.ts';
import { alerts, champion, currentSpec, history, rollouts, run, version } from '../../commands/history.ts';
import { settled, status, statusOfAll } from '../../commands/status.ts';
import { answers } from '../answers.ts';
import type { Api } from '../app.ts';
import type { ApiDependencies, ApiEnvironment } from '../environment.ts';
import { secured } from '../secured.ts';

const specView = z.object({ model: z.string(), revision: z.int(), digest: z.string(), spec: z.record(z.string(), z.unknown()) });

/** Everything that is read about models. Postgres only; each list is bounded. */
export function modelRoutes(app: Api, dependencies: ApiDependencies): void {
  const contextOf = (context: Context<ApiEnvironment>): CommandContext => ({ ...dependencies, principal: context.get('principal') });
  presentRoutes(app, dependencies, contextOf);
  pastRoutes(app, dependencies, contextOf);
}

type ContextOf = (context: Context<ApiEnvironment>) => CommandContext;

function presentRoutes(app: Api, { database }: ApiDependencies, contextOf: ContextOf): void {
  app.openapi(
    secured(database, { method: 'get', path: '/v1/models', summary: 'Models', request: { query: limitQuery }, responses: answers(modelList, 'By name.') }),
    async (context) => context.json({ models: [...(await statusOfAll(contextOf(context), context.req.valid('query')))] }, 200),
  );
  app.openapi(
    secured(database, { method: 'get', path: '/v1/models/{name}', summary: 'A model now', request: { params: modelParams }, responses: answers(statusView, 'Its status.') }),
    async (context) => context.json(await status(contextOf(context), { model: context.req.valid('param').name }), 200),
  );
  app.openapi(
    secured(database, {
      method: 'get',
      path: '/v1/models/{name}/settled',
      summary: 'How far a model has got with its traffic',
      request: { params: modelParams },
      responses: answers(settledView, 'Numbers that only grow while traffic flows.'),
    }),
    async (context) => context.json(await settled(contextOf(context), { model: context.req.valid('param').name }), 200),
  );
  app.openapi(
    secured(database, { method: 'get', path: '/v1/models/{name}/spec', summary: 'The current definition', request: { params: modelParams }, responses: answers(specView, 'As it was applied.') }),
    async (context) => {
      const stored = await currentSpec(contextOf(context), { model: context.req.valid('param').name });
      const spec: Record<string, unknown> = { ...stored.spec };
      return context.json({ ...stored, spec }, 200);
    },
  );
  app.openapi(
    secured(database, { method: 'get', path: '/v1/alerts', summary: 'Alerts', request: { query: alertsQuery }, responses: answers(alertList, 'Latest first.') }),
    async (context) => {
      const { model, open, limit } = context.req.valid('query');
      const found = await alerts(contextOf(context), { model: model ?? null, openOnly: open === 'true', limit });
      return context.json({ alerts: [...found] }, 200);
    },
  );
}

function pastRoutes(app: Api, { database }: ApiDependencies, contextOf: ContextOf): void {
  app.openapi(
    secured(database, {
      method: 'get',
      path: '/v1/models/{name}/history',
      summary: 'What happened to a model, and why',
      request: { params: modelParams, query: historyQuery },
      responses: answers(historyView, 'Latest first; page on with `before`.'),
    }),
    async (context) => {
      const { limit, before } = context.req.valid('query');
      const page = { model: context.req.valid('param').name, limit, before: before === undefined ? null : new Date(before) };
      return context.json(await history(contextOf(context), page), 200);
    },
  );
  app.openapi(
    secured(database, {
      method: 'get',
      path: '/v1/models/{name}/champion',
      summary: 'Who was champion at an instant, and why',
      request: { params: modelParams, query: championQuery },
      responses: answers(championAtView, 'Now, unless `at` is given.'),
    }),
    async (context) => {
      const { at } = context.req.valid('query');
      const input = { model: context.req.valid('param').name, at: at === undefined ? new Date() : new Date(at) };
      return context.json(await champion(contextOf(context), input), 200);
    },
  );
  app.openapi(
    secured(database, {
      method: 'get',
      path: '/v1/models/{name}/rollouts',
      summary: 'Rollouts of a model',
      request: { params: modelParams, query: limitQuery },
      responses: answers(rolloutList, 'Latest first.'),
    }),
    async (context) => {
      const input = { model: context.req.valid('param').name, limit: context.req.valid('query').limit };
      return context.json({ model: input.model, rollouts: [...(await rollouts(contextOf(context), input))] }, 200);
    },
  );
  app.openapi(
    secured(database, {
      method: 'get',
      path: '/v1/models/{name}/versions/{version}',
      summary: 'A version with its whole report',
      request: { params: versionParams },
      responses: answers(versionDetailView, 'Metrics, lineage, gate.'),
    }),
    async (context) => {
      const { name, version: number } = context.req.valid('param');
      return context.json(await version(contextOf(context), { model: name, version: number }), 200);
    },
  );
  app.openapi(
    secured(database, { method: 'get', path: '/v1/runs/{id}', summary: 'A run', request: { params: runParams }, responses: answers(runDetailView, 'By the id of its workflow, URL-encoded.') }),
    async (context) => context.json(await run(contextOf(context), { runId: context.req.valid('param').id }), 200),
  );
}
