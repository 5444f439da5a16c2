import { commandAnswer } from '../../contracts/http/answers.ts';
import { reasonedRequest } from '../../contracts/http/command-requests.ts';
import { correctionList, correctionsQuery, undoCorrectionRequest } from '../../contracts/http/corrections.ts';
import { idempotencyHeader, modelParams } from '../../contracts/http/requests.ts';
import { corrections } from '../../commands/watching/read-corrections.ts';
import { resumeCorrection } from '../../commands/watching/resume-correction.ts';
import { undoCorrection } from '../../commands/watching/undo-correction.ts';
import type { Api } from '../../control/app.ts';
import { linkNext } from '../../control/entity-tag.ts';
import type { ApiDependencies } from '../../control/environment.ts';
import { answers, jsonBody } from '../answers.ts';
import { commandInput } from '../command-input.ts';
import { contextsOver } from '../context-of.ts';
import { secured } from '../secured.ts';

/** How the answers of a model are corrected between trainings, and a person's word against it. */
export function correctionRoutes(app: Api, dependencies: ApiDependencies): void {
  const contextOf = contextsOver(dependencies);
  const { database } = dependencies;
  app.openapi(
    secured(database, {
      method: 'get',
      path: '/v1/models/{name}/corrections',
      summary: 'Corrections of a model: what each window found, what people undid, and what answers now',
      request: { params: modelParams, query: correctionsQuery },
      responses: answers(correctionList, 'Newest first.'),
    }),
    async (context) => {
      const { name: model } = context.req.valid('param');
      const { version = null, ...page } = context.req.valid('query');
      const { items, next, answering } = await corrections(contextOf(context), { model, version, ...page });
      linkNext(context, next);
      return context.json({ model, answering, corrections: [...items], next }, 200);
    },
  );
  app.openapi(
    secured(database, {
      method: 'post',
      path: '/v1/models/{name}/correction/undo',
      summary: 'Put an earlier correction of the champion back, and hold it there',
      request: { headers: idempotencyHeader, params: modelParams, body: jsonBody(undoCorrectionRequest) },
      responses: answers(commandAnswer, 'It was done and recorded; a dry run says what would be done.'),
    }),
    async (context) => {
      const { to = null, version = null, isDryRun = false, reason } = context.req.valid('json');
      const input = commandInput(context.req.valid('param').name, context.req.valid('header'), reason);
      return context.json(await undoCorrection(contextOf(context), { ...input, to, version, isDryRun }), 200);
    },
  );
  app.openapi(
    secured(database, {
      method: 'post',
      path: '/v1/models/{name}/correction/resume',
      summary: 'Let the watch change a correction again that somebody has put back',
      request: { headers: idempotencyHeader, params: modelParams, body: jsonBody(reasonedRequest) },
      responses: answers(commandAnswer, 'It was done and recorded.'),
    }),
    async (context) => {
      const { reason } = context.req.valid('json');
      const input = commandInput(context.req.valid('param').name, context.req.valid('header'), reason);
      return context.json(await resumeCorrection(contextOf(context), { ...input, version: null }), 200);
    },
  );
}
