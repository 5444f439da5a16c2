import type { Context } from 'hono';
import { z } from 'zod';
import { alertList, modelList, rolloutList, specView, versionList } from '../../contracts/http/answers.ts';
import { modelOpenApi } from '../../contracts/openapi/model-openapi.ts';
import {
  alertsQuery,
  championQuery,
  historyQuery,
  modelParams,
  pageQuery,
  runParams,
  versionParams,
} from '../../contracts/http/requests.ts';
import {
  championAtView,
  historyView,
  runDetailView,
  settledView,
  statusView,
  versionDetailView,
} from '../../contracts/http/views.ts';
import type { CommandContext } from '../../commands/base/context.ts';
import {
  alerts,
  champion,
  currentSpec,
  history,
  rollouts,
  run,
  version,
  versions,
} from '../../commands/record/history.ts';
import { controlState, settled, status, statusOfAll } from '../../commands/models/status.ts';
import { specTagOf } from '../../db/models/specs.ts';
import { answers } from '../answers.ts';
import type { Api } from '../../control/app.ts';
import { hashOf, linkNext, setModelTag, setTag } from '../../control/entity-tag.ts';
import type { ApiDependencies, ApiEnvironment } from '../../control/environment.ts';
import { contextsOver } from '../context-of.ts';
import { secured } from '../secured.ts';

/** Everything that is read about models. Postgres only; each list is bounded. */
export function modelRoutes(app: Api, dependencies: ApiDependencies): void {
  const contextOf = contextsOver(dependencies);
  presentRoutes(app, dependencies, contextOf);
  pastRoutes(app, dependencies, contextOf);
}

type ContextOf = (context: Context<ApiEnvironment>) => CommandContext;

function presentRoutes(app: Api, { database, inferenceUrl }: ApiDependencies, contextOf: ContextOf): void {
  app.openapi(
    secured(database, {
      method: 'get',
      path: '/v1/models',
      summary: 'Models',
      request: { query: pageQuery },
      responses: answers(modelList, 'By name.'),
    }),
    async (context) => {
      const { models, next } = await statusOfAll(contextOf(context), context.req.valid('query'));
      linkNext(context, next);
      return context.json({ models: [...models], next }, 200);
    },
  );
  app.openapi(
    secured(database, {
      method: 'get',
      path: '/v1/models/{name}',
      summary: 'A model now',
      request: { params: modelParams },
      responses: answers(statusView, 'Its status.'),
    }),
    async (context) => {
      const input = { model: context.req.valid('param').name };
      // The state first: what changes between the two reads makes the tag too old, never too new.
      const state = await controlState(contextOf(context), input);
      const view = await status(contextOf(context), input);
      setModelTag(context, state, view);
      return context.json(view, 200);
    },
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
    secured(database, {
      method: 'get',
      path: '/v1/models/{name}/spec',
      summary: 'The current definition',
      request: { params: modelParams },
      responses: answers(specView, 'As it was applied.'),
    }),
    async (context) => {
      const stored = await currentSpec(contextOf(context), { model: context.req.valid('param').name });
      const spec: Record<string, unknown> = { ...stored.spec };
      setTag(context, specTagOf(stored));
      return context.json({ ...stored, spec }, 200);
    },
  );
  app.openapi(
    secured(database, {
      method: 'get',
      path: '/v1/alerts',
      summary: 'Alerts',
      request: { query: alertsQuery },
      responses: answers(alertList, 'Latest first.'),
    }),
    async (context) => {
      const { model, open, limit, cursor } = context.req.valid('query');
      const { items, next } = await alerts(contextOf(context), {
        model: model ?? null,
        isOpenOnly: open === 'true',
        limit,
        cursor,
      });
      linkNext(context, next);
      return context.json({ alerts: [...items], next }, 200);
    },
  );
  app.openapi(
    secured(database, {
      method: 'get',
      path: '/v1/models/{name}/openapi.json',
      summary: 'How to call this model',
      description:
        'OpenAPI 3.1 of its predict and label calls on the inference port: the fields of its own definition, their ' +
        'types, ranges and values, and an example.',
      request: { params: modelParams },
      responses: answers(z.record(z.string(), z.unknown()), 'An OpenAPI 3.1 document.'),
    }),
    async (context) => {
      const stored = await currentSpec(contextOf(context), { model: context.req.valid('param').name });
      setTag(context, specTagOf(stored));
      return context.json(modelOpenApi(stored.spec, stored.revision, inferenceUrl), 200);
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
      responses: answers(historyView, 'Latest first; page on with `next`, or read up to an instant with `before`.'),
    }),
    async (context) => {
      const { limit, cursor, before } = context.req.valid('query');
      const page = {
        model: context.req.valid('param').name,
        limit,
        cursor,
        before: before === undefined ? null : new Date(before),
      };
      const view = await history(contextOf(context), page);
      linkNext(context, view.next);
      return context.json(view, 200);
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
      request: { params: modelParams, query: pageQuery },
      responses: answers(rolloutList, 'Latest first.'),
    }),
    async (context) => {
      const input = { model: context.req.valid('param').name, ...context.req.valid('query') };
      const { items, next } = await rollouts(contextOf(context), input);
      linkNext(context, next);
      return context.json({ model: input.model, rollouts: [...items], next }, 200);
    },
  );
  app.openapi(
    secured(database, {
      method: 'get',
      path: '/v1/models/{name}/versions',
      summary: 'Versions of a model',
      request: { params: modelParams, query: pageQuery },
      responses: answers(versionList, 'Latest first.'),
    }),
    async (context) => {
      const input = { model: context.req.valid('param').name, ...context.req.valid('query') };
      const { items, next } = await versions(contextOf(context), input);
      linkNext(context, next);
      return context.json({ model: input.model, versions: [...items], next }, 200);
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
      const view = await version(contextOf(context), { model: name, version: number });
      setTag(context, hashOf(view));
      return context.json(view, 200);
    },
  );
  app.openapi(
    secured(database, {
      method: 'get',
      path: '/v1/runs/{id}',
      summary: 'A run',
      request: { params: runParams },
      responses: answers(runDetailView, 'By the id of its workflow, URL-encoded.'),
    }),
    async (context) => context.json(await run(contextOf(context), { runId: context.req.valid('param').id }), 200),
  );
}
