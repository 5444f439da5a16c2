import { arms } from '../../domain/rollout/routing.ts';
import { exampleLabel, exampleRow } from '../../domain/spec/example-row.ts';
import { classesOf } from '../../domain/tasks/task-of.ts';
import type { ModelSpec } from '../../domain/spec/spec.ts';
import { inferenceParameters, labelsOperation, predictOperation } from './inference-operations.ts';
import { bearerScheme, headerComponents, problemComponent, refusalComponents } from './openapi-parts.ts';
import { rowSchemaOf, type JsonSchema } from '../spec/row-schema.ts';

const examplePredictionId = '01890a5d-ac96-774b-bcce-b302099a8057';

/** OpenAPI 3.1 of one model's predict and label calls, with the fields and the words of its own definition. */
export function modelOpenApi(spec: ModelSpec, revision: number, inferenceUrl?: string): Record<string, unknown> {
  const label = exampleLabel(spec.target);
  const predict = predictOperation({
    operationId: 'predict',
    row: { $ref: '#/components/schemas/Row' },
    prediction: { $ref: '#/components/schemas/Prediction' },
    parameters: [],
    example: {
      request: { rows: [exampleRow(spec)] },
      answer: { model: spec.name, predictions: [examplePrediction(spec)] },
    },
  });
  const labels = labelsOperation({
    model: { type: 'string', enum: [spec.name] },
    label: labelSchemaOf(spec),
    example: { model: spec.name, labels: [{ predictionId: examplePredictionId, label }] },
  });
  return {
    openapi: '3.1.0',
    info: {
      title: spec.name,
      version: String(revision),
      description: `${spec.about.useCase} Owner: ${spec.about.owner}. Succeeds when: ${spec.about.successCriterion}`,
    },
    ...(inferenceUrl === undefined ? {} : { servers: [{ url: inferenceUrl }] }),
    tags: [{ name: 'Predictions' }],
    paths: { [`/v1/models/${spec.name}/predict`]: { post: predict }, '/v1/labels': { post: labels } },
    components: {
      securitySchemes: { bearer: bearerScheme },
      parameters: inferenceParameters,
      headers: headerComponents,
      responses: refusalComponents,
      schemas: { Problem: problemComponent, Row: rowSchemaOf(spec), Prediction: predictionSchemaOf(spec) },
    },
  };
}

/** A label may be sent as text, number or boolean; what counts is its text, which must be one of the classes. */
function labelSchemaOf(spec: ModelSpec): JsonSchema {
  return spec.target.task === 'regression' ? { type: 'number' } : { type: 'string', enum: classesOf(spec.target) };
}

function predictionSchemaOf(spec: ModelSpec): JsonSchema {
  return predictionSchema(spec.target.task === 'regression' ? null : classesOf(spec.target));
}

/** An answer. `classes` null: a value, of a regression. A fallback answer has no version. */
export function predictionSchema(classes: readonly string[] | null): JsonSchema {
  const base = {
    predictionId: { type: 'string' },
    version: { type: ['integer', 'null'], description: 'The version that answered; null for the declared fallback.' },
    arm: { type: 'string', enum: arms },
  };
  if (classes === null)
    return {
      type: 'object',
      properties: { ...base, value: { type: 'number' } },
      required: ['predictionId', 'version', 'arm', 'value'],
    };
  const probabilities: JsonSchema = {
    type: 'object',
    properties: Object.fromEntries(classes.map((name) => [name, { type: 'number', minimum: 0, maximum: 1 }])),
    additionalProperties: { type: 'number' },
  };
  return {
    type: 'object',
    properties: { ...base, label: { type: 'string' }, probabilities },
    required: ['predictionId', 'version', 'arm', 'label', 'probabilities'],
  };
}

function examplePrediction(spec: ModelSpec): JsonSchema {
  const base = { predictionId: examplePredictionId, version: 1, arm: 'champion' };
  const { target } = spec;
  if (target.task === 'regression') return { ...base, value: 1 };
  const classes = classesOf(target);
  const share = Math.round(1_000 / classes.length) / 1_000;
  return {
    ...base,
    label: exampleLabel(target),
    probabilities: Object.fromEntries(classes.map((name) => [name, share])),
  };
}
