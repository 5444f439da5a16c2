import { charsMax, explainedRowsMax, labelsMax, rowsMax } from '../../domain/words/limits.ts';
import { explainSchema } from './explanation-schema.ts';
import { jsonAnswer, jsonPost, refusalRefs } from './openapi-parts.ts';
import type { JsonSchema } from '../spec/row-schema.ts';

const id: JsonSchema = { type: 'string', pattern: '^[A-Za-z0-9_.:-]{1,128}$' };

/** Stands for the answer of a row that no version could answer. */
const failedRow: JsonSchema = {
  type: 'object',
  properties: {
    predictionId: { type: 'string' },
    version: { type: 'integer' },
    arm: { type: 'string' },
    error: {
      type: 'object',
      properties: { code: { type: 'string' }, detail: { type: 'string' } },
      required: ['code', 'detail'],
    },
  },
  required: ['predictionId', 'version', 'arm', 'error'],
};

/** What a prediction call takes and gives, over whatever a row is. */
export function predictOperation(parts: {
  readonly operationId: string;
  readonly row: JsonSchema;
  readonly prediction: JsonSchema;
  readonly parameters: readonly JsonSchema[];
  readonly example?: { readonly request: unknown; readonly answer: unknown };
}): JsonSchema {
  const { example } = parts;
  return {
    operationId: parts.operationId,
    tags: ['Predictions'],
    summary: 'Answer rows',
    description:
      `At most ${rowsMax} rows, answered in order. Each answer says which version gave it and in which ` +
      `arm; report what became of it with its \`predictionId\`. A client that sends its own ids may send the request ` +
      `again: ids are counted once. With \`explain\` each answer says why it is what it is, for at most ` +
      `${explainedRowsMax} rows.`,
    ...jsonPost({
      parameters: [...parts.parameters, traceParameter],
      schema: {
        type: 'object',
        properties: {
          rows: { type: 'array', items: parts.row, minItems: 1, maxItems: rowsMax },
          predictionIds: {
            type: 'array',
            items: id,
            maxItems: rowsMax,
            description: 'One per row, each another; made up when left out.',
          },
          explain: explainSchema,
        },
        required: ['rows'],
        additionalProperties: false,
      },
      example: example?.request,
    }),
    responses: {
      200: jsonAnswer(
        'One answer per row. A row that no version could answer has an error in its place, and is logged as failed.',
        {
          type: 'object',
          properties: {
            model: { type: 'string' },
            predictions: { type: 'array', items: { anyOf: [parts.prediction, failedRow] } },
          },
          required: ['model', 'predictions'],
        },
        example?.answer,
      ),
      ...refusalRefs([400, 401, 403, 404, 409, 413, 429, 500, 503]),
    },
  };
}

const acceptedResponses: JsonSchema = {
  202: jsonAnswer('They are on disk.', {
    type: 'object',
    properties: { model: { type: 'string' }, accepted: { type: 'integer' } },
    required: ['model', 'accepted'],
  }),
  ...refusalRefs([400, 401, 403, 404, 413, 429, 500, 503]),
};

/** `POST /v1/labels`. */
export function labelsOperation(parts: {
  readonly model: JsonSchema;
  readonly label: JsonSchema;
  readonly example?: unknown;
}): JsonSchema {
  return reportOperation({
    operationId: 'reportLabels',
    summary: 'Report what became of predictions',
    description:
      `At most ${labelsMax} labels, late, repeated and corrected ones too. Each names its prediction by ` +
      `\`predictionId\`, or by \`entity\` and \`time\`. Answered when they are on disk.`,
    model: parts.model,
    items: ['labels', labelItem(parts.label)],
    example: parts.example,
  });
}

/** `POST /v1/proxies`. */
export function proxiesOperation(parts: {
  readonly model: JsonSchema;
  readonly name: JsonSchema;
  readonly example?: unknown;
}): JsonSchema {
  const item: JsonSchema = {
    type: 'object',
    properties: {
      name: parts.name,
      predictionId: id,
      value: { anyOf: [{ type: 'number' }, { type: 'boolean' }], description: 'True is 1, false is 0.' },
    },
    required: ['name', 'predictionId', 'value'],
    additionalProperties: false,
  };
  return reportOperation({
    operationId: 'reportProxies',
    summary: 'Report what stands in for labels and comes sooner',
    description:
      `At most ${labelsMax} values of proxies that the definition declares (\`watch.proxies\`), late and repeated ` +
      'ones too. Each proxy of a prediction has one value: the one received last. Answered when they are on disk.',
    model: parts.model,
    items: ['proxies', item],
    example: parts.example,
  });
}

/** What is said of predictions afterwards, many at once. */
function reportOperation(parts: {
  readonly operationId: string;
  readonly summary: string;
  readonly description: string;
  readonly model: JsonSchema;
  readonly items: readonly [member: string, schema: JsonSchema];
  readonly example: unknown;
}): JsonSchema {
  const { operationId, summary, description, model, example } = parts;
  const [member, items] = parts.items;
  const schema = {
    type: 'object',
    properties: { model, [member]: { type: 'array', items, minItems: 1, maxItems: labelsMax } },
    required: ['model', member],
    additionalProperties: false,
  };
  return {
    operationId,
    tags: ['Predictions'],
    summary,
    description,
    ...jsonPost({ parameters: [traceParameter], schema, example }),
    responses: acceptedResponses,
  };
}

function labelItem(label: JsonSchema): JsonSchema {
  const base = {
    labelId: {
      ...id,
      description:
        'The same id is stored once. Left out, a report of what is the current label already counts as a repeat of it.',
    },
    label,
  };
  return {
    oneOf: [
      {
        type: 'object',
        properties: { ...base, predictionId: id },
        required: ['predictionId', 'label'],
        additionalProperties: false,
      },
      {
        type: 'object',
        properties: {
          ...base,
          entity: {
            anyOf: [
              { type: 'string', minLength: 1, maxLength: charsMax.value, pattern: String.raw`^[^\u0000]*$` },
              { type: 'number' },
            ],
          },
          time: {
            anyOf: [
              { type: 'string', format: 'date-time' },
              { type: 'number', minimum: -8.64e15, maximum: 8.64e15 },
            ],
          },
        },
        required: ['entity', 'time', 'label'],
        additionalProperties: false,
      },
    ],
  };
}

export const traceParameter: JsonSchema = { $ref: '#/components/parameters/traceparent' };

export const inferenceParameters: JsonSchema = {
  traceparent: {
    name: 'traceparent',
    in: 'header',
    required: false,
    description: 'W3C trace context: the request becomes part of that trace.',
    schema: { type: 'string', maxLength: 1_000 },
  },
};
