import type { JsonSchema } from '../../contracts/spec/row-schema.ts';
import { good, nameParameter, versionParameter, type Json } from './openapi-operations.ts';

/** The Open Inference Protocol (V2), whose refusals have a form of their own. */
export function protocolPaths(): Json {
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
