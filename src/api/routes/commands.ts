import { applyAnswer, commandAnswer, reproduceAnswer, type CommandAnswer } from '../../contracts/http/answers.ts';
import {
  applyHeader,
  applyRequest,
  idempotencyHeader,
  modelParams,
  reasonRequest,
  reproduceRequest,
  retrainRequest,
  rollbackRequest,
} from '../../contracts/http/requests.ts';
import { abort } from '../../commands/control/abort.ts';
import { apply } from '../../commands/models/apply.ts';
import { approve } from '../../commands/control/approve.ts';
import type { CommandContext, CommandInput } from '../../commands/base/context.ts';
import { pause } from '../../commands/control/pause.ts';
import { resume } from '../../commands/control/resume.ts';
import { retrain } from '../../commands/control/retrain.ts';
import { reproduce } from '../../commands/trainings/reproduce.ts';
import { rollback } from '../../commands/control/rollback.ts';
import { answers, jsonBody } from '../answers.ts';
import type { Api } from '../../control/app.ts';
import type { ApiDependencies } from '../../control/environment.ts';
import { commandInput } from '../command-input.ts';
import { contextsOver } from '../context-of.ts';
import { secured } from '../secured.ts';

const recorded = 'The command was recorded and delivered; what comes of it is read from the status.';
const headers = idempotencyHeader;

/** Everything that changes a model. Each takes an `Idempotency-Key`: sent again, it gets its first answer. */
export function commandRoutes(app: Api, dependencies: ApiDependencies): void {
  const { database } = dependencies;
  const contextOf = contextsOver(dependencies);

  app.openapi(
    secured(database, {
      method: 'post',
      path: '/v1/apply',
      summary: 'Store a definition as the next revision of its model',
      request: { headers: applyHeader, body: jsonBody(applyRequest) },
      responses: answers(applyAnswer, 'The revision that stands, and what changed.'),
    }),
    async (context) => {
      const body = context.req.valid('json');
      const {
        'idempotency-key': key = null,
        'if-match': ifMatch,
        'if-none-match': ifNoneMatch,
      } = context.req.valid('header');
      const input = {
        spec: body.spec,
        key,
        reason: body.reason ?? '',
        ifMatch,
        onlyNew: ifNoneMatch === '*',
        moveViews: body.moveViews ?? false,
      };
      return context.json(await apply(contextOf(context), input), 200);
    },
  );
  app.openapi(
    secured(database, {
      method: 'post',
      path: '/v1/models/{name}/retrain',
      summary: 'Ask the model to train now',
      request: { headers, params: modelParams, body: jsonBody(retrainRequest) },
      responses: answers(commandAnswer, recorded),
    }),
    async (context) => {
      const body = context.req.valid('json');
      const input = commandInput(context.req.valid('param').name, context.req.valid('header'), body.reason);
      return context.json(await retrain(contextOf(context), { ...input, rollout: body.rollout ?? true }), 200);
    },
  );
  app.openapi(
    secured(database, {
      method: 'post',
      path: '/v1/models/{name}/reproduce',
      summary: 'Fit a version again and compare the files',
      request: { headers, params: modelParams, body: jsonBody(reproduceRequest) },
      responses: answers(reproduceAnswer, 'It is written down; the run says what comes of it. Nothing else changes.'),
    }),
    async (context) => {
      const { version, reason } = context.req.valid('json');
      const input = commandInput(context.req.valid('param').name, context.req.valid('header'), reason);
      return context.json(await reproduce(contextOf(context), { ...input, version }), 200);
    },
  );
  app.openapi(
    secured(database, {
      method: 'post',
      path: '/v1/models/{name}/rollback',
      summary: 'Move the champion back',
      request: { headers, params: modelParams, body: jsonBody(rollbackRequest) },
      responses: answers(commandAnswer, recorded),
    }),
    async (context) => {
      const body = context.req.valid('json');
      const input = commandInput(context.req.valid('param').name, context.req.valid('header'), body.reason);
      return context.json(await rollback(contextOf(context), { ...input, toVersion: body.toVersion ?? null }), 200);
    },
  );

  const plain = (
    path: `/v1/models/{name}/${string}`,
    summary: string,
    verb: (context: CommandContext, input: CommandInput) => Promise<CommandAnswer>,
  ): void => {
    app.openapi(
      secured(database, {
        method: 'post',
        path,
        summary,
        request: { headers, params: modelParams, body: jsonBody(reasonRequest) },
        responses: answers(commandAnswer, recorded),
      }),
      async (context) => {
        const input = commandInput(
          context.req.valid('param').name,
          context.req.valid('header'),
          context.req.valid('json').reason,
        );
        return context.json(await verb(contextOf(context), input), 200);
      },
    );
  };
  plain('/v1/models/{name}/approve', 'Promote the challenger of the rollout under way', approve);
  plain('/v1/models/{name}/abort', 'Take the challenger out', abort);
  plain('/v1/models/{name}/pause', 'Stop automatic trainings', pause);
  plain('/v1/models/{name}/resume', 'Let automatic trainings start again', resume);
}
