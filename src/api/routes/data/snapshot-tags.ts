import { commandAnswer, type CommandAnswer } from '../../../contracts/http/answers.ts';
import {
  publishRequest,
  snapshotTagDetail,
  snapshotTagList,
  snapshotTagParams,
  subscribeRequest,
  tagRequest,
} from '../../../contracts/http/data/snapshot-tags.ts';
import { idempotencyHeader, modelParams, reasonRequest } from '../../../contracts/http/requests.ts';
import type { CommandContext } from '../../../commands/base/context.ts';
import { publish, unpublish } from '../../../commands/tags/publish-snapshot.ts';
import { tagOfModel, tagsOfModel } from '../../../commands/tags/read-tags.ts';
import { subscribe, unsubscribe, type SubscribeInput } from '../../../commands/tags/subscribe.ts';
import { removeTag, tagSnapshot, undoTagMove, type TagInput } from '../../../commands/tags/tag-snapshot.ts';
import type { Api } from '../../../control/app.ts';
import type { ApiDependencies } from '../../../control/environment.ts';
import { answers, jsonBody } from '../../answers.ts';
import { commandInput } from '../../command-input.ts';
import { contextsOver } from '../../context-of.ts';
import { secured } from '../../secured.ts';

const done = answers(commandAnswer, 'It was done and recorded.');
const tagPath = '/v1/models/{name}/snapshot-tags/{tag}';

/** Names of snapshots: moved, undone, published, followed. */
export function snapshotTagRoutes(app: Api, dependencies: ApiDependencies): void {
  const contextOf = contextsOver(dependencies);
  const { database } = dependencies;
  app.openapi(
    secured(database, {
      method: 'get',
      path: '/v1/models/{name}/snapshot-tags',
      summary: 'Names of snapshots of the model, what of them is published, and what the model subscribes to',
      request: { params: modelParams },
      responses: answers(snapshotTagList, 'By name; at most 100 tags and 20 subscriptions.'),
    }),
    async (context) => {
      const { name: model } = context.req.valid('param');
      const { tags, subscriptions } = await tagsOfModel(contextOf(context), model);
      return context.json({ model, tags: [...tags], subscriptions: [...subscriptions] }, 200);
    },
  );
  app.openapi(
    secured(database, {
      method: 'get',
      path: tagPath,
      summary: 'One name of a snapshot with its moves, its editions and its subscribers',
      request: { params: snapshotTagParams },
      responses: answers(snapshotTagDetail, 'The latest 50 of each, the latest first.'),
    }),
    async (context) => {
      const { name, tag } = context.req.valid('param');
      return context.json(await tagOfModel(contextOf(context), name, tag), 200);
    },
  );
  app.openapi(
    secured(database, {
      method: 'post',
      path: tagPath,
      summary: 'Name a snapshot, or move the name to it; a snapshot that is named keeps its files',
      request: { headers: idempotencyHeader, params: snapshotTagParams, body: jsonBody(tagRequest) },
      responses: done,
    }),
    async (context) => {
      const { digest, reason } = context.req.valid('json');
      const { name, tag } = context.req.valid('param');
      const input = { ...commandInput(name, context.req.valid('header'), reason), tag, digest };
      return context.json(await tagSnapshot(contextOf(context), input), 200);
    },
  );
  app.openapi(
    secured(database, {
      method: 'post',
      path: `${tagPath}/publish`,
      summary: 'Offer what the tag names to other models, as its next edition; subscribers train again',
      request: { headers: idempotencyHeader, params: snapshotTagParams, body: jsonBody(publishRequest) },
      responses: done,
    }),
    async (context) => {
      const { readers = null, subscribers = null, reason } = context.req.valid('json');
      const { name, tag } = context.req.valid('param');
      const input = { ...commandInput(name, context.req.valid('header'), reason), tag, readers, subscribers };
      return context.json(await publish(contextOf(context), input), 200);
    },
  );
  bareRoutes(app, dependencies);
  subscriptionRoutes(app, dependencies);
}

type TagVerb = (context: CommandContext, input: TagInput) => Promise<CommandAnswer>;

/** Commands that are nothing but the tag and the reason. */
function bareRoutes(app: Api, dependencies: ApiDependencies): void {
  const contextOf = contextsOver(dependencies);
  const on = (word: 'undo' | 'remove' | 'unpublish', summary: string, verb: TagVerb): void => {
    app.openapi(
      secured(dependencies.database, {
        method: 'post',
        path: `${tagPath}/${word}`,
        summary,
        request: { headers: idempotencyHeader, params: snapshotTagParams, body: jsonBody(reasonRequest) },
        responses: done,
      }),
      async (context) => {
        const { name, tag } = context.req.valid('param');
        const input = commandInput(name, context.req.valid('header'), context.req.valid('json').reason);
        return context.json(await verb(contextOf(context), { ...input, tag }), 200);
      },
    );
  };
  on('undo', 'Move a tag back to where it was before its last move', undoTagMove);
  on('remove', 'Take a tag away; its history stays', removeTag);
  on('unpublish', 'Withdraw what is published under a tag', unpublish);
}

type SubscribeVerb = (context: CommandContext, input: SubscribeInput) => Promise<CommandAnswer>;

function subscriptionRoutes(app: Api, dependencies: ApiDependencies): void {
  const contextOf = contextsOver(dependencies);
  const on = (path: `/v1/models/{name}/subscriptions${string}`, summary: string, verb: SubscribeVerb): void => {
    app.openapi(
      secured(dependencies.database, {
        method: 'post',
        path,
        summary,
        request: { headers: idempotencyHeader, params: modelParams, body: jsonBody(subscribeRequest) },
        responses: done,
      }),
      async (context) => {
        const { publisher, tag, reason } = context.req.valid('json');
        const input = commandInput(context.req.valid('param').name, context.req.valid('header'), reason);
        return context.json(await verb(contextOf(context), { ...input, publisher, tag }), 200);
      },
    );
  };
  on('/v1/models/{name}/subscriptions', 'Train again when another model publishes under a tag', subscribe);
  on('/v1/models/{name}/subscriptions/end', 'End a subscription', unsubscribe);
}
