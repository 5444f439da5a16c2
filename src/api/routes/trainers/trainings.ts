import { Readable } from 'node:stream';
import type { ReadableStream } from 'node:stream/web';
import { z } from 'zod';
import {
  accessAnswer,
  fileTakenAnswer,
  rangeHeader,
  trainingFileParams,
  trainingParams,
} from '../../../contracts/http/trainers/trainings.ts';
import { giveFile } from '../../../commands/trainings/give-file.ts';
import { openAccess } from '../../../commands/trainings/open-access.ts';
import { takeFile } from '../../../commands/trainings/take-file.ts';
import { PerennialError } from '../../../domain/words/errors.ts';
import type { Api } from '../../../control/app.ts';
import type { ApiDependencies } from '../../../control/environment.ts';
import { answers, fileAnswer } from '../../answers.ts';
import { contextsOver } from '../../context-of.ts';
import { secured } from '../../secured.ts';

const binary = { 'application/octet-stream': { schema: z.string().meta({ format: 'binary' }) } };

/** Files of a training travel to a worker that shares no disk, and what it made of them back: by digest, in streams. */
export function trainingRoutes(app: Api, dependencies: ApiDependencies): void {
  const { database } = dependencies;
  const contextOf = contextsOver(dependencies);
  app.openapi(
    secured(database, {
      method: 'post',
      path: '/v1/trainings/{id}/access',
      summary: 'Let a worker at the files of one training, for an hour',
      request: { params: trainingParams },
      responses: answers(accessAnswer, 'A secret for the files of this training and nothing else, and when it ends.'),
    }),
    async (context) =>
      context.json(await openAccess(contextOf(context), { runId: context.req.valid('param').id }), 200),
  );
  app.openapi(
    secured(database, {
      method: 'get',
      path: '/v1/trainings/{id}/files/{digest}',
      summary: 'A file of a training, by its digest',
      request: { params: trainingFileParams, headers: rangeHeader },
      responses: {
        ...fileAnswer('Its bytes.'),
        206: { ...fileAnswer('Its bytes from the asked place on.')[200] },
      },
    }),
    async (context) => {
      const { id: runId, digest } = context.req.valid('param');
      const { range } = context.req.valid('header');
      const from = range === undefined ? null : Number(range.slice('bytes='.length, -1));
      const { store } = filesOf(dependencies);
      const file = await giveFile({ database, store }, { runId, digest, from });
      const headers: Record<string, string> = {
        'content-type': 'application/octet-stream',
        'content-length': String(file.bytes - (from ?? 0)),
        'accept-ranges': 'bytes',
        'repr-digest': `sha-256=:${Buffer.from(file.digest, 'hex').toString('base64')}:`,
      };
      if (from !== null) headers['content-range'] = `bytes ${from}-${file.bytes - 1}/${file.bytes}`;
      // A web stream of Node is one of the platform; the two declarations differ in name only.
      const body = Readable.toWeb(file.stream) as globalThis.ReadableStream<Uint8Array>;
      return new Response(body, { status: from === null ? 200 : 206, headers });
    },
  );
  app.openapi(
    secured(database, {
      method: 'put',
      path: '/v1/trainings/{id}/files/{digest}',
      summary: 'Upload a file that a fit made, under its digest',
      request: { params: trainingFileParams, body: { required: true, content: binary } },
      responses: answers(fileTakenAnswer, 'It is stored; sent again, it is there already.'),
    }),
    async (context) => {
      const { id: runId, digest } = context.req.valid('param');
      const { body } = context.req.raw;
      const stream = body === null ? Readable.from([]) : Readable.fromWeb(body as ReadableStream);
      const length = context.req.header('content-length') ?? '';
      const declaredBytes = body === null ? 0 : /^\d{1,15}$/.test(length) ? Number(length) : null;
      const place = { database, ...filesOf(dependencies) };
      return context.json(await takeFile(place, { runId, digest, declaredBytes }, stream), 200);
    },
  );
}

function filesOf({ store, importDir }: ApiDependencies) {
  if (store !== undefined && importDir !== undefined) return { store, workDir: importDir };
  throw new PerennialError('unavailable', 'This process has no artifact store, so it has no files of trainings.');
}
