import {
  inferenceParameters,
  labelsOperation,
  predictOperation,
  proxiesOperation,
} from '../../contracts/openapi/inference-operations.ts';
import { pushOperation } from '../../contracts/openapi/push-operation.ts';
import { classPredictionSchema, valuePredictionSchema } from '../../contracts/openapi/model-openapi.ts';
import {
  bearerScheme,
  headerComponents,
  problemComponent,
  refusalComponents,
} from '../../contracts/openapi/openapi-parts.ts';
import type { JsonSchema } from '../../contracts/spec/row-schema.ts';
import { charsMax } from '../../domain/words/limits.ts';
import { nameParameter, read, type Json } from './openapi-operations.ts';
import { protocolError, protocolSchemas } from './openapi-protocol-schemas.ts';
import { protocolPaths } from './openapi-protocol.ts';
import { servicePaths } from './openapi-service.ts';

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
    tags: [{ name: 'Predictions' }, { name: 'Rows' }, { name: 'Open Inference Protocol' }, { name: 'Service' }],
    paths: {
      '/v1/models/{name}/predict': {
        post: predictOperation({
          operationId: 'predict',
          row: anyRow,
          prediction: { $ref: '#/components/schemas/Prediction' },
          parameters: [nameParameter],
        }),
      },
      '/v1/models/{name}/rows': {
        post: pushOperation({
          of: 'model',
          row: { type: 'object', description: 'One member per column that the definition declares, the target too.' },
          parameters: [nameParameter],
        }),
      },
      '/v1/views/{name}/rows': {
        post: pushOperation({
          of: 'view',
          row: {
            type: 'object',
            description: 'The columns of the entity, of the times, and those of which features are made.',
          },
          parameters: [{ ...nameParameter, description: 'Name of a feature view.' }],
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
      '/v1/proxies': {
        post: proxiesOperation({
          model: { type: 'string', minLength: 1, maxLength: 128 },
          name: { type: 'string', minLength: 1, maxLength: 64 },
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
        ...protocolSchemas,
      },
    },
  };
}
