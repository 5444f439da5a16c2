import {
  eraseAnswer,
  eraseRequest,
  erasureList,
  erasureParams,
  erasureView,
  liftAnswer,
  liftRequest,
  type ErasureAsked,
} from '../../contracts/http/erasures.ts';
import { idempotencyHeader, shortListQuery } from '../../contracts/http/requests.ts';
import { erase } from '../../commands/erasure/erase.ts';
import { liftErasure } from '../../commands/erasure/lift-erasure.ts';
import { erasureOf, erasures } from '../../commands/erasure/read-erasures.ts';
import type { Api } from '../../control/app.ts';
import { linkNext } from '../../control/entity-tag.ts';
import type { ApiDependencies } from '../../control/environment.ts';
import { PerennialError } from '../../domain/words/errors.ts';
import { answers, jsonBody } from '../answers.ts';
import { contextsOver } from '../context-of.ts';
import { secured } from '../secured.ts';

/** Erasures: what is known of one entity goes. */
export function erasureRoutes(app: Api, dependencies: ApiDependencies): void {
  const contextOf = contextsOver(dependencies);
  app.openapi(
    secured(dependencies.database, {
      method: 'post',
      path: '/v1/erasures',
      summary: 'Erase what is known of one entity',
      request: { headers: idempotencyHeader, body: jsonBody(eraseRequest) },
      responses: answers(eraseAnswer, 'It is written down, and done in the background.'),
    }),
    async (context) => {
      const ask = askedBy(context.req.valid('json'));
      const key = context.req.valid('header')['idempotency-key'] ?? null;
      return context.json(await erase(contextOf(context), { ...ask, key }, dependencies), 200);
    },
  );
  app.openapi(
    secured(dependencies.database, {
      method: 'get',
      path: '/v1/erasures',
      summary: 'Erasures, newest first',
      request: { query: shortListQuery },
      responses: answers(erasureList, 'They stay for good; none says whom it was about.'),
    }),
    async (context) => {
      const { items, next } = await erasures(contextOf(context), context.req.valid('query'));
      linkNext(context, next);
      return context.json({ erasures: [...items], next }, 200);
    },
  );
  app.openapi(
    secured(dependencies.database, {
      method: 'get',
      path: '/v1/erasures/{id}',
      summary: 'What came of an erasure',
      request: { params: erasureParams },
      responses: answers(erasureView, 'Counts by place, versions that learnt from it, back-ups, what was not reached.'),
    }),
    async (context) => context.json(await erasureOf(contextOf(context), context.req.valid('param').id), 200),
  );
  app.openapi(
    secured(dependencies.database, {
      method: 'post',
      path: '/v1/erasures/{id}/lift',
      summary: 'Let sources bring an erased entity back',
      request: { headers: idempotencyHeader, params: erasureParams, body: jsonBody(liftRequest) },
      responses: answers(
        liftAnswer,
        'It was done and recorded; of each source, whether what it gave before comes back.',
      ),
    }),
    async (context) => {
      const key = context.req.valid('header')['idempotency-key'] ?? null;
      const { id: erasureId } = context.req.valid('param');
      const { reason } = context.req.valid('json');
      return context.json(await liftErasure(contextOf(context), { erasureId, key, reason }), 200);
    },
  );
}

interface Body {
  readonly entity: string;
  readonly model?: string | undefined;
  readonly view?: string | undefined;
  readonly all?: true | undefined;
  readonly column?: string | undefined;
  readonly isDryRun?: boolean | undefined;
  readonly reason: string;
}

function askedBy({ entity, model, view, all, column, isDryRun, reason }: Body): ErasureAsked {
  const rest = { entity, column, isDryRun: isDryRun === true, reason };
  const named = [model, view, all].filter((one) => one !== undefined).length;
  if (named === 1 && all === true) return { ...rest, scope: 'all', name: '' };
  if (named === 1 && view !== undefined) return { ...rest, scope: 'view', name: view };
  if (named === 1 && model !== undefined) return { ...rest, scope: 'model', name: model };
  throw new PerennialError('invalid_request', 'Say where: `model`, `view` or `all`.', {
    path: 'model',
    hint: 'Give just one of the three.',
  });
}
