import { sourceStatus, sourceStatuses } from '../../../commands/record/sources.ts';
import { testSource } from '../../../commands/models/test-source.ts';
import { modelParams, pageQuery } from '../../../contracts/http/requests.ts';
import { sourceList, sourceTest, sourceTestRequest, sourceView } from '../../../contracts/http/data/sources.ts';
import type { Api } from '../../../control/app.ts';
import { linkNext } from '../../../control/entity-tag.ts';
import type { ApiDependencies } from '../../../control/environment.ts';
import { answers, jsonBody } from '../../answers.ts';
import { contextsOver } from '../../context-of.ts';
import { secured } from '../../secured.ts';

/** Where rows come from: how far each source has been read, and what the first rows of one are. */
export function sourceRoutes(app: Api, dependencies: ApiDependencies): void {
  const contextOf = contextsOver(dependencies);
  const { database } = dependencies;
  app.openapi(
    secured(database, {
      method: 'get',
      path: '/v1/sources',
      summary: 'How the sources of models stand',
      request: { query: pageQuery },
      responses: answers(sourceList, 'By model; those that are trained here.'),
    }),
    async (context) => {
      const { sources, next } = await sourceStatuses(contextOf(context), context.req.valid('query'));
      linkNext(context, next);
      return context.json({ sources: [...sources], next }, 200);
    },
  );
  app.openapi(
    secured(database, {
      method: 'get',
      path: '/v1/models/{name}/source',
      summary: 'How the source of a model stands',
      request: { params: modelParams },
      responses: answers(sourceView, 'What was taken, what is unread, and what keeps it from being read.'),
    }),
    async (context) =>
      context.json(await sourceStatus(contextOf(context), { model: context.req.valid('param').name }), 200),
  );
  app.openapi(
    secured(database, {
      method: 'post',
      path: '/v1/sources/test',
      summary: 'The first rows of a source, before or after its definition is applied',
      request: { body: jsonBody(sourceTestRequest) },
      responses: answers(sourceTest, 'Nothing is stored.'),
    }),
    async (context) =>
      context.json(await testSource(contextOf(context), context.req.valid('json'), context.req.raw.signal), 200),
  );
}
