import { applyView } from '../../../commands/views/apply-view.ts';
import { featureView, featureViews } from '../../../commands/views/read-views.ts';
import { applyViewAnswer, featureViewDetail, featureViewList } from '../../../contracts/http/data/feature-views.ts';
import { applyViewRequest, idempotencyHeader, viewParams, pageQuery } from '../../../contracts/http/requests.ts';
import type { Api } from '../../../control/app.ts';
import { linkNext } from '../../../control/entity-tag.ts';
import type { ApiDependencies } from '../../../control/environment.ts';
import { answers, jsonBody } from '../../answers.ts';
import { contextsOver } from '../../context-of.ts';
import { secured } from '../../secured.ts';

/** Feature views: what is declared, how far each was read, and which models take features from it. */
export function featureViewRoutes(app: Api, dependencies: ApiDependencies): void {
  const contextOf = contextsOver(dependencies);
  const { database } = dependencies;
  app.openapi(
    secured(database, {
      method: 'post',
      path: '/v1/views',
      summary: 'Store a definition as the next revision of its feature view',
      request: { headers: idempotencyHeader, body: jsonBody(applyViewRequest) },
      responses: answers(applyViewAnswer, 'The revision that stands, and what changed. No model takes it by itself.'),
    }),
    async (context) => {
      const { spec, reason = '' } = context.req.valid('json');
      const { 'idempotency-key': key = null } = context.req.valid('header');
      return context.json(await applyView(contextOf(context), { spec, reason, key }), 200);
    },
  );
  app.openapi(
    secured(database, {
      method: 'get',
      path: '/v1/views',
      summary: 'Feature views',
      request: { query: pageQuery },
      responses: answers(featureViewList, 'By name.'),
    }),
    async (context) => {
      const { views, next } = await featureViews(contextOf(context), context.req.valid('query'));
      linkNext(context, next);
      return context.json({ views: [...views], next }, 200);
    },
  );
  app.openapi(
    secured(database, {
      method: 'get',
      path: '/v1/views/{view}',
      summary: 'A feature view now',
      request: { params: viewParams },
      responses: answers(featureViewDetail, 'Its definition, its revisions, its newest snapshot and its models.'),
    }),
    async (context) => context.json(await featureView(contextOf(context), context.req.valid('param')), 200),
  );
}
