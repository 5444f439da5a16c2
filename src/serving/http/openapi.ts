import {
  inferenceParameters,
  labelsOperation,
  predictOperation,
} from '../../contracts/openapi/inference-operations.ts';
import { classPredictionSchema, valuePredictionSchema } from '../../contracts/openapi/model-openapi.ts';
import {
  bearerScheme,
  headerComponents,
  headerRefs,
  problemComponent,
  refusalComponents,
  refusalRefs,
} from '../../contracts/openapi/openapi-parts.ts';
import type { JsonSchema } from '../../contracts/spec/row-schema.ts';
import { rowsMax } from '../edge/bodies.ts';
import { charsMax } from '../../domain/words/limits.ts';

type Json = Record<string, unknown>;

const nameParameter: JsonSchema = {
  name: 'name',
  in: 'path',
  required: true,
  description: 'Name of a model.',
  schema: { type: 'string', maxLength: 128 },
};
const versionParameter: JsonSchema = {
  name: 'version',
  in: 'path',
  required: true,
  description: 'Number of the champion.',
  schema: { type: 'string', maxLength: 20 },
};

/** OpenAPI 3.1 of the inference port; rows are those of whatever model is named (`/v1/models/{name}/openapi.json`). */
export function inferenceOpenApi(productVersion: string): Json {
  const anyRow: JsonSchema = {
    type: 'object',
    description: 'One member per feature; entity and event time where the model declares them.',
  };
  return {
    openapi: '3.1.0',
    info: {
      title: 'Perennial inference API',
      version: productVersion,
      description:
        'Predictions and labels, and the Open Inference Protocol (V2) under `/v2`. The fields of one model: ' +
        '`GET /v1/models/{name}/openapi.json`.',
    },
    servers: [{ url: '/' }],
    tags: [{ name: 'Predictions' }, { name: 'Open Inference Protocol' }, { name: 'Service' }],
    paths: {
      '/v1/models/{name}/predict': {
        post: predictOperation({
          operationId: 'predict',
          row: anyRow,
          prediction: { $ref: '#/components/schemas/Prediction' },
          parameters: [nameParameter],
        }),
      },
      '/v1/labels': {
        post: labelsOperation({
          model: { type: 'string', minLength: 1, maxLength: 128 },
          label: {
            anyOf: [
              { type: 'string', minLength: 1, maxLength: charsMax.value },
              { type: 'number' },
              { type: 'boolean' },
            ],
          },
        }),
      },
      '/v1/models/{name}/openapi.json': {
        get: read(
          'describeModel',
          'Predictions',
          'How to call one model',
          [nameParameter],
          { type: 'object' },
          [401, 403, 404, 429, 500, 503],
        ),
      },
      ...protocolPaths(),
      ...servicePaths(),
    },
    components: {
      securitySchemes: { bearer: bearerScheme },
      parameters: inferenceParameters,
      headers: headerComponents,
      responses: { ...refusalComponents, ProtocolError: protocolError },
      schemas: {
        Problem: problemComponent,
        Prediction: { anyOf: [classPredictionSchema([]), valuePredictionSchema()] },
        InferRequest: inferRequest,
        InferAnswer: {
          type: 'object',
          properties: {
            model_name: { type: 'string' },
            model_version: { type: 'string' },
            id: { type: 'string' },
            outputs: { type: 'array', items: tensor },
          },
          required: ['model_name', 'model_version', 'outputs'],
        },
        Metadata: {
          type: 'object',
          properties: {
            name: { type: 'string' },
            versions: { type: 'array', items: { type: 'string' } },
            platform: { type: 'string' },
            inputs: { type: 'array', items: field },
            outputs: { type: 'array', items: field },
          },
          required: ['name', 'versions', 'platform', 'inputs', 'outputs'],
        },
      },
    },
  };
}

const field: JsonSchema = {
  type: 'object',
  properties: {
    name: { type: 'string' },
    datatype: { type: 'string' },
    shape: { type: 'array', items: { type: 'integer' } },
  },
  required: ['name', 'datatype', 'shape'],
};
const tensor: JsonSchema = {
  ...field,
  properties: { ...(field['properties'] as Json), data: { type: 'array' } },
  required: ['name', 'datatype', 'shape', 'data'],
};

const parameters: JsonSchema = { type: 'object', description: 'Read past.' };
/** As `inferBody` reads it; written by hand, since a member of any type is described best by saying nothing of it. */
const inferRequest: JsonSchema = {
  type: 'object',
  properties: {
    id: { type: 'string', maxLength: 256 },
    parameters,
    inputs: {
      type: 'array',
      minItems: 1,
      maxItems: 4_096,
      description: 'One tensor per field, of shape [rows] or [rows, 1]; null elements are missing values.',
      items: {
        type: 'object',
        properties: {
          name: { type: 'string', maxLength: 256 },
          shape: { type: 'array', items: { type: 'integer', minimum: 0, maximum: rowsMax }, minItems: 1, maxItems: 2 },
          datatype: {
            type: 'string',
            enum: [
              'BYTES',
              'BOOL',
              'FP16',
              'FP32',
              'FP64',
              'INT8',
              'INT16',
              'INT32',
              'INT64',
              'UINT8',
              'UINT16',
              'UINT32',
              'UINT64',
            ],
          },
          data: { type: 'array', items: { type: ['string', 'number', 'boolean', 'null'] } },
          parameters,
        },
        required: ['name', 'shape', 'datatype', 'data'],
      },
    },
    outputs: {
      type: 'array',
      maxItems: 64,
      items: {
        type: 'object',
        properties: {
          name: { type: 'string', enum: ['label', 'probabilities', 'value', 'prediction_id'] },
          parameters,
        },
        required: ['name'],
      },
    },
  },
  required: ['inputs'],
};

/** Under /v2 refusals have the form that the protocol prescribes. */
const protocolError: JsonSchema = {
  description: 'A refusal, as the protocol has it.',
  headers: headerRefs(['X-Request-Id']),
  content: {
    'application/json': { schema: { type: 'object', properties: { error: { type: 'string' } }, required: ['error'] } },
  },
};

function protocolPaths(): Json {
  const refusals = (statuses: readonly number[]): Json =>
    Object.fromEntries(statuses.map((status) => [String(status), { $ref: '#/components/responses/ProtocolError' }]));
  const get = (
    operationId: string,
    summary: string,
    parameters: readonly JsonSchema[],
    schema: JsonSchema,
    statuses: readonly number[],
    isPublic = false,
  ): Json => ({
    get: {
      operationId,
      tags: ['Open Inference Protocol'],
      summary,
      security: isPublic ? [] : [{ bearer: [] }],
      parameters,
      responses: { ...good(schema), ...refusals(statuses) },
    },
  });
  const infer = (operationId: string, parameters: readonly JsonSchema[]): Json => ({
    post: {
      operationId,
      tags: ['Open Inference Protocol'],
      summary: 'Answer tensors',
      security: [{ bearer: [] }],
      parameters: [...parameters, { $ref: '#/components/parameters/traceparent' }],
      requestBody: {
        required: true,
        content: { 'application/json': { schema: { $ref: '#/components/schemas/InferRequest' } } },
      },
      responses: {
        ...good({ $ref: '#/components/schemas/InferAnswer' }),
        ...refusals([400, 401, 403, 404, 409, 413, 422, 429, 500, 503]),
      },
    },
  });
  const live = { type: 'object', properties: { live: { type: 'boolean' } }, required: ['live'] };
  const ready = { type: 'object', properties: { ready: { type: 'boolean' } }, required: ['ready'] };
  const server = {
    type: 'object',
    properties: { name: { type: 'string' }, version: { type: 'string' }, extensions: { type: 'array' } },
    required: ['name', 'version', 'extensions'],
  };
  const modelStatuses = [401, 403, 404, 409, 429, 500, 503];
  const metadata = { $ref: '#/components/schemas/Metadata' };
  return {
    '/v2': get('serverMetadata', 'This server', [], server, [401, 403, 429, 500, 503]),
    '/v2/health/live': get('protocolLive', 'The process runs', [], live, [500], true),
    '/v2/health/ready': get('protocolReady', 'The process should get traffic', [], ready, [500, 503], true),
    '/v2/models/{name}': get(
      'modelMetadata',
      'Inputs and outputs of a model',
      [nameParameter],
      metadata,
      modelStatuses,
    ),
    '/v2/models/{name}/ready': get('modelReady', 'A model answers', [nameParameter], ready, modelStatuses),
    '/v2/models/{name}/infer': infer('infer', [nameParameter]),
    '/v2/models/{name}/versions/{version}': get(
      'versionMetadata',
      'The same, of the champion by its number',
      [nameParameter, versionParameter],
      metadata,
      modelStatuses,
    ),
    '/v2/models/{name}/versions/{version}/ready': get(
      'versionReady',
      'The champion answers',
      [nameParameter, versionParameter],
      ready,
      modelStatuses,
    ),
    '/v2/models/{name}/versions/{version}/infer': infer('inferVersion', [nameParameter, versionParameter]),
  };
}

function servicePaths(): Json {
  const text = (type: string): Json => ({
    description: 'Text.',
    headers: headerRefs(['X-Request-Id']),
    content: { [type]: { schema: { type: 'string' } } },
  });
  const live = {
    type: 'object',
    properties: { status: { type: 'string' }, models: { type: 'integer' } },
    required: ['status'],
  };
  return {
    '/health/live': { get: read('live', 'Service', 'The process runs', [], live, [500], true) },
    '/health/ready': { get: read('ready', 'Service', 'The process should get traffic', [], live, [500, 503], true) },
    '/metrics': {
      get: {
        operationId: 'metrics',
        tags: ['Service'],
        summary: 'Metrics for Prometheus, of all processes',
        security: [{ bearer: [] }],
        responses: { 200: text('text/plain'), ...refusalRefs([401, 403, 429, 500, 503]) },
      },
    },
    '/openapi.json': { get: read('openapi', 'Service', 'This description', [], { type: 'object' }, [500], true) },
    '/docs/errors': {
      get: {
        operationId: 'errorCodes',
        tags: ['Service'],
        summary: 'What codes of refusals mean',
        security: [],
        responses: { 200: text('text/html'), ...refusalRefs([500]) },
      },
    },
  };
}

function read(
  operationId: string,
  tag: string,
  summary: string,
  parameters: readonly JsonSchema[],
  schema: JsonSchema,
  statuses: readonly number[],
  isPublic = false,
): Json {
  return {
    operationId,
    tags: [tag],
    summary,
    security: isPublic ? [] : [{ bearer: [] }],
    parameters,
    responses: { ...good(schema), ...refusalRefs(statuses) },
  };
}

function good(schema: JsonSchema): Json {
  return {
    200: {
      description: 'As asked.',
      headers: headerRefs(['X-Request-Id']),
      content: { 'application/json': { schema } },
    },
  };
}
