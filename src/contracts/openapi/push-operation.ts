import { pushKeyDays } from '../../domain/record/ends.ts';
import { rowsMax } from '../../domain/words/limits.ts';
import type { JsonSchema } from '../spec/row-schema.ts';
import { traceParameter } from './inference-operations.ts';
import { jsonAnswer, jsonPost, refusalRefs } from './openapi-parts.ts';

const verdict: JsonSchema = {
  oneOf: [
    { type: 'object', properties: { verdict: { type: 'string', enum: ['accepted'] } }, required: ['verdict'] },
    {
      type: 'object',
      properties: {
        verdict: { type: 'string', enum: ['quarantined'] },
        rules: { type: 'array', items: { type: 'string' }, description: 'Ids of the rules that it breaks.' },
      },
      required: ['verdict', 'rules'],
    },
  ],
};

const words = {
  model: {
    operationId: 'pushRows',
    summary: 'Push rows that a model learns from',
    whose: 'a model whose definition declares `push()`',
  },
  view: {
    operationId: 'pushViewRows',
    summary: 'Push rows of a feature view',
    whose:
      'a feature view whose definition declares `push()`. They join its history, from which models learn, and its ' +
      'online rows, with which requests are answered',
  },
} as const;

/** `POST /v1/models/{name}/rows`, or the same of a view, over whatever a row is. */
export function pushOperation(parts: {
  readonly of: keyof typeof words;
  readonly row: JsonSchema;
  readonly parameters: readonly JsonSchema[];
  readonly example?: { readonly request: unknown; readonly answer: unknown };
}): JsonSchema {
  const { of, row, parameters, example } = parts;
  const { operationId, summary, whose } = words[of];
  return {
    operationId,
    tags: ['Rows'],
    summary,
    description:
      `At most ${rowsMax} rows of ${whose}. Answered when they are on disk, one ` +
      `verdict each; rows that break a rule are kept, and set aside when they are ingested. It takes the right ` +
      `\`rows:write\`. The same \`Idempotency-Key\` with the same rows gets the same answer and counts once, for ` +
      `${pushKeyDays} days; with other rows it is refused with 409. While too much waits for the database the answer ` +
      `is 429, and \`Retry-After\` says when there will be room.`,
    ...jsonPost({
      parameters: [...parameters, keyParameter, traceParameter],
      schema: {
        type: 'object',
        properties: { rows: { type: 'array', items: row, minItems: 1, maxItems: rowsMax } },
        required: ['rows'],
        additionalProperties: false,
      },
      example: example?.request,
    }),
    responses: {
      202: jsonAnswer(
        'They are on disk.',
        {
          type: 'object',
          properties: {
            [of]: { type: 'string' },
            specRevision: { type: 'integer', description: 'Of the definition whose contract was asked.' },
            accepted: { type: 'integer' },
            quarantined: { type: 'integer' },
            rows: { type: 'array', items: verdict },
          },
          required: [of, 'specRevision', 'accepted', 'quarantined', 'rows'],
        },
        example?.answer,
      ),
      ...refusalRefs([400, 401, 403, 404, 409, 413, 422, 429, 500, 503]),
    },
  };
}

const keyParameter: JsonSchema = {
  name: 'Idempotency-Key',
  in: 'header',
  required: true,
  description: 'Your own name for these rows: sent again under it, they count once.',
  schema: { type: 'string', pattern: '^[!-~]{1,200}$' },
};
