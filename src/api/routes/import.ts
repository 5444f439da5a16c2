import { Readable } from 'node:stream';
import type { ReadableStream } from 'node:stream/web';
import { z } from 'zod';
import { artifactAnswer, importAnswer, importRequest, uploadPath } from '../../contracts/http/import.ts';
import { idempotencyHeader, modelParams } from '../../contracts/http/requests.ts';
import { importModel, type ImportParts } from '../../commands/models/import-model.ts';
import { receiveUpload } from '../../commands/models/receive-upload.ts';
import { PerennialError } from '../../domain/words/errors.ts';
import { answers, jsonBody } from '../answers.ts';
import type { Api } from '../../control/app.ts';
import type { ApiDependencies } from '../../control/environment.ts';
import { commandInput } from '../command-input.ts';
import { contextsOver } from '../context-of.ts';
import { secured } from '../secured.ts';

/**
 * Files from elsewhere: uploaded by their bytes, then named by their digest. An upload streams to disk, so the limit on
 * bodies that are read into memory does not hold for it.
 */
export function importRoutes(app: Api, dependencies: ApiDependencies): void {
  const { database } = dependencies;
  const contextOf = contextsOver(dependencies);
  app.openapi(
    secured(database, {
      method: 'post',
      path: uploadPath,
      summary: 'Upload a file for an import',
      request: {
        body: {
          required: true,
          content: { 'application/octet-stream': { schema: z.string().meta({ format: 'binary' }) } },
        },
      },
      responses: answers(artifactAnswer, 'Its digest, under which an import names it. The same bytes are stored once.'),
    }),
    async (context) => {
      const { body } = context.req.raw;
      const stream = body === null ? Readable.from([]) : Readable.fromWeb(body as ReadableStream);
      const length = context.req.header('content-length') ?? '';
      const declared = body === null ? 0 : /^\d{1,15}$/.test(length) ? Number(length) : null;
      return context.json(await receiveUpload(contextOf(context), partsOf(dependencies), stream, declared), 200);
    },
  );
  app.openapi(
    secured(database, {
      method: 'post',
      path: '/v1/models/{name}/import',
      summary: 'Serve and watch a model that was trained elsewhere',
      request: { headers: idempotencyHeader, params: modelParams, body: jsonBody(importRequest) },
      responses: answers(importAnswer, 'The version that answers, and what was inferred about the file.'),
    }),
    async (context) => {
      const body = context.req.valid('json');
      const given = commandInput(context.req.valid('param').name, context.req.valid('header'), body.reason);
      const input = { ...body, ...given };
      return context.json(await importModel(contextOf(context), () => partsOf(dependencies), input), 200);
    },
  );
}

function partsOf({ store, importDir }: ApiDependencies): ImportParts {
  if (store !== undefined && importDir !== undefined) return { store, workDir: importDir };
  throw new PerennialError('unavailable', 'This process has no artifact store, so nothing can be imported through it.');
}
