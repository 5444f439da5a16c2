import {
  replayRequest,
  rotateAlertRequest,
  rotateRequest,
  webhookAdded,
  webhookList,
  webhookParams,
  webhookRemoved,
  webhookRequest,
  webhookRotated,
  webhookTested,
  webhookView,
} from '../../contracts/http/webhooks.ts';
import {
  addWebhook,
  listWebhooks,
  removeWebhook,
  replayWebhook,
  testWebhook,
} from '../../commands/watching/webhooks.ts';
import { rotateAlertReceiver, rotateWebhook } from '../../commands/watching/rotate-webhook.ts';
import { pageOfList } from '../../contracts/http/page.ts';
import { shortListQuery } from '../../contracts/http/requests.ts';
import { answers, jsonBody } from '../answers.ts';
import { linkNext } from '../../control/entity-tag.ts';
import type { Api } from '../../control/app.ts';
import type { ApiDependencies } from '../../control/environment.ts';
import { contextsOver } from '../context-of.ts';
import { secured } from '../secured.ts';

/** Who follows the feed. Admins, for models within their scope. */
export function webhookRoutes(app: Api, dependencies: ApiDependencies): void {
  const { database } = dependencies;
  const contextOf = contextsOver(dependencies);
  const request = { params: webhookParams };
  app.openapi(
    secured(database, {
      method: 'get',
      path: '/v1/webhooks',
      summary: 'Webhooks',
      request: { query: shortListQuery },
      responses: answers(webhookList, 'Oldest first.'),
    }),
    async (context) => {
      const { items, next } = pageOfList(
        await listWebhooks(contextOf(context)),
        context.req.valid('query'),
        (webhook) => webhook.webhookId,
      );
      linkNext(context, next);
      return context.json({ webhooks: [...items], next }, 200);
    },
  );
  app.openapi(
    secured(database, {
      method: 'post',
      path: '/v1/webhooks',
      summary: 'Send events to an address',
      request: { body: jsonBody(webhookRequest) },
      responses: answers(webhookAdded, 'It follows from now on. The secret is shown this once.'),
    }),
    async (context) => {
      const { url, models, types, from } = context.req.valid('json');
      return context.json(
        await addWebhook(contextOf(context), { url, models: models ?? '*', types: types ?? [], from: from ?? 'now' }),
        200,
      );
    },
  );
  app.openapi(
    secured(database, {
      method: 'delete',
      path: '/v1/webhooks/{id}',
      summary: 'Stop sending events',
      request,
      responses: answers(webhookRemoved, 'Nothing more is sent.'),
    }),
    async (context) => {
      const webhookId = context.req.valid('param').id;
      await removeWebhook(contextOf(context), { webhookId });
      return context.json({ webhookId, removed: true as const }, 200);
    },
  );
  app.openapi(
    secured(database, {
      method: 'post',
      path: '/v1/webhooks/{id}/replay',
      summary: 'Send events again, or skip to the end',
      request: { ...request, body: jsonBody(replayRequest) },
      responses: answers(webhookView, 'Its cursor was set.'),
    }),
    async (context) =>
      context.json(
        await replayWebhook(contextOf(context), {
          webhookId: context.req.valid('param').id,
          from: context.req.valid('json').from,
        }),
        200,
      ),
  );
  app.openapi(
    secured(database, {
      method: 'post',
      path: '/v1/webhooks/{id}/test',
      summary: 'Send one test event now',
      request,
      responses: answers(webhookTested, 'Whether it was taken.'),
    }),
    async (context) =>
      context.json(await testWebhook(contextOf(context), { webhookId: context.req.valid('param').id }), 200),
  );
  rotateRoutes(app, dependencies);
}

function rotateRoutes(app: Api, dependencies: ApiDependencies): void {
  const { database } = dependencies;
  const contextOf = contextsOver(dependencies);
  const rotated = answers(webhookRotated, 'The new secret, shown this once. Until the one before retires, both sign.');
  app.openapi(
    secured(database, {
      method: 'post',
      path: '/v1/webhooks/{id}/rotate',
      summary: 'Give a webhook another secret',
      request: { params: webhookParams, body: jsonBody(rotateRequest) },
      responses: rotated,
    }),
    async (context) =>
      context.json(
        await rotateWebhook(contextOf(context), {
          webhookId: context.req.valid('param').id,
          ...context.req.valid('json'),
        }),
        200,
      ),
  );
  app.openapi(
    secured(database, {
      method: 'post',
      path: '/v1/alert-receivers/rotate',
      summary: 'Give the receiver of alerts at an address another secret',
      request: { body: jsonBody(rotateAlertRequest) },
      responses: rotated,
    }),
    async (context) => context.json(await rotateAlertReceiver(contextOf(context), context.req.valid('json')), 200),
  );
}
