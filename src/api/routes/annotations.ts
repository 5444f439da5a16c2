import {
  annotationList,
  annotationParams,
  annotationRequest,
  annotationsQuery,
  annotationView,
} from '../../contracts/http/command-requests.ts';
import { modelParams } from '../../contracts/http/requests.ts';
import { annotate, annotations } from '../../commands/record/annotate.ts';
import { removeAnnotation } from '../../commands/record/remove-annotation.ts';
import { pageOfList } from '../../contracts/http/page.ts';
import { answers, jsonBody } from '../answers.ts';
import { linkNext } from '../../control/entity-tag.ts';
import type { Api } from '../../control/app.ts';
import type { ApiDependencies } from '../../control/environment.ts';
import { contextsOver } from '../context-of.ts';
import { secured } from '../secured.ts';

/** Tags, notes, descriptions and owners of models and versions. */
export function annotationRoutes(app: Api, dependencies: ApiDependencies): void {
  const { database } = dependencies;
  const contextOf = contextsOver(dependencies);
  app.openapi(
    secured(database, {
      method: 'get',
      path: '/v1/models/{name}/annotations',
      summary: 'What people wrote about a model and its versions',
      request: { params: modelParams, query: annotationsQuery },
      responses: answers(annotationList, 'Latest first; without what was taken back.'),
    }),
    async (context) => {
      const model = context.req.valid('param').name;
      const { version } = context.req.valid('query');
      const found = await annotations(contextOf(context), { model, ...(version === undefined ? {} : { version }) });
      const { items, next } = pageOfList(found, context.req.valid('query'), (annotation) => annotation.annotationId);
      linkNext(context, next);
      return context.json({ model, annotations: [...items], next }, 200);
    },
  );
  app.openapi(
    secured(database, {
      method: 'post',
      path: '/v1/models/{name}/annotations',
      summary: 'Write a tag, note, description or owner',
      request: { params: modelParams, body: jsonBody(annotationRequest) },
      responses: answers(annotationView, 'It stands; the same words twice are one annotation.'),
    }),
    async (context) => {
      const { version, kind, text } = context.req.valid('json');
      return context.json(
        await annotate(contextOf(context), {
          model: context.req.valid('param').name,
          version: version ?? null,
          kind,
          text,
        }),
        200,
      );
    },
  );
  app.openapi(
    secured(database, {
      method: 'delete',
      path: '/v1/models/{name}/annotations/{id}',
      summary: 'Take an annotation back',
      request: { params: annotationParams },
      responses: answers(annotationView, 'It is shown no more; the audit keeps it.'),
    }),
    async (context) => {
      const { name, id } = context.req.valid('param');
      return context.json(await removeAnnotation(contextOf(context), { annotationId: id, model: name }), 200);
    },
  );
}
