import { headerRefs } from '../../contracts/openapi/openapi-parts.ts';
import type { JsonSchema } from '../../contracts/spec/row-schema.ts';
import { rowsMax } from '../edge/bodies.ts';
import type { Json } from './openapi-operations.ts';

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
export const protocolError: JsonSchema = {
  description: 'A refusal, as the protocol has it.',
  headers: headerRefs(['X-Request-Id']),
  content: {
    'application/json': { schema: { type: 'object', properties: { error: { type: 'string' } }, required: ['error'] } },
  },
};

/** The bodies of the Open Inference Protocol (V2). */
export const protocolSchemas: Json = {
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
};
