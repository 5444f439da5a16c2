import { saySuccess } from '../../domain/spec/gates/success-criterion.ts';
import { arms } from '../../domain/rollout/routing.ts';
import { exampleLabel, exampleRow } from '../../domain/spec/example-row.ts';
import { ownRowsOf } from '../../domain/spec/columns/pins.ts';
import { classesOf } from '../../domain/tasks/task-of.ts';
import { takesPushedRows } from '../../domain/spec/source-spec.ts';
import type { ModelSpec, TaskName } from '../../domain/spec/spec.ts';
import { explanationSchema } from './explanation-schema.ts';
import { inferenceParameters, labelsOperation, predictOperation, proxiesOperation } from './inference-operations.ts';
import { bearerScheme, headerComponents, problemComponent, refusalComponents } from './openapi-parts.ts';
import { pushOperation } from './push-operation.ts';
import { contractRowSchemaOf } from '../spec/contract-row-schema.ts';
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
      description: `${spec.about.useCase} Owner: ${spec.about.owner}. Succeeds when: ${saySuccess(spec.about)}`,
    },
    ...(inferenceUrl === undefined ? {} : { servers: [{ url: inferenceUrl }] }),
    tags: [{ name: 'Predictions' }, ...(takesPushedRows(spec.source) ? [{ name: 'Rows' }] : [])],
    paths: {
      [`/v1/models/${spec.name}/predict`]: { post: predict },
      '/v1/labels': { post: labels },
      ...proxyPaths(spec),
      ...pushPaths(spec, revision),
    },
    components: {
      securitySchemes: { bearer: bearerScheme },
      parameters: inferenceParameters,
      headers: headerComponents,
      responses: refusalComponents,
      schemas: {
        Problem: problemComponent,
        Row: rowSchemaOf(spec),
        ContractRow: learntRowOf(spec),
        Prediction: predictionSchemaOf(spec),
      },
    },
  };
}

/** A row as the model learns from it: what its source holds, and what may be pushed. */
function learntRowOf(spec: ModelSpec): JsonSchema {
  const { $schema: _, ...schema } = contractRowSchemaOf(ownRowsOf(spec));
  return {
    ...schema,
    description:
      `A row that the contract takes: the fields of a row as it is answered, and what came out as ` +
      `\`${spec.target.column}\`. One that breaks it is set aside. \`x-not-said\` names the rules that JSON Schema ` +
      `cannot say; values may have other spellings, such as a number in text.`,
  };
}

/** Nothing where none is declared. */
function proxyPaths(spec: ModelSpec): JsonSchema {
  const [first, ...more] = (spec.watch.proxies ?? []).map(({ name }) => name);
  if (first === undefined) return {};
  const post = proxiesOperation({
    model: { type: 'string', enum: [spec.name] },
    name: { type: 'string', enum: [first, ...more] },
    example: { model: spec.name, proxies: [{ name: first, predictionId: examplePredictionId, value: 1 }] },
  });
  return { '/v1/proxies': { post } };
}

/** Nothing for a model whose rows are not pushed. */
function pushPaths(spec: ModelSpec, revision: number): JsonSchema {
  if (!takesPushedRows(spec.source)) return {};
  const row = { ...exampleRow(spec), [spec.target.column]: exampleLabel(spec.target) };
  const post = pushOperation({
    of: 'model',
    row: { $ref: '#/components/schemas/ContractRow' },
    parameters: [],
    example: {
      request: { rows: [row] },
      answer: {
        model: spec.name,
        specRevision: revision,
        accepted: 1,
        quarantined: 0,
        rows: [{ verdict: 'accepted' }],
      },
    },
  });
  return { [`/v1/models/${spec.name}/rows`]: { post } };
}

/** A label may be sent as text, number or boolean; what counts is its text, which must be one of the classes. */
function labelSchemaOf(spec: ModelSpec): JsonSchema {
  return answers[spec.target.task].label(classesOf(spec.target));
}

function predictionSchemaOf(spec: ModelSpec): JsonSchema {
  return answers[spec.target.task].prediction(classesOf(spec.target));
}

/** What every answer has. A fallback answer has no version. */
const answerBase = {
  predictionId: { type: 'string' },
  version: { type: ['integer', 'null'], description: 'The version that answered; null for the declared fallback.' },
  arm: { type: 'string', enum: arms },
  repaired: {
    type: 'array',
    items: { type: 'string' },
    description: 'Fields whose value declared repairs have changed before it was answered; absent where there is none.',
  },
  explanation: explanationSchema,
};

/** A class and the probability of each; with no classes, of any. */
export function classPredictionSchema(classes: readonly string[]): JsonSchema {
  const probabilities: JsonSchema = {
    type: 'object',
    properties: Object.fromEntries(classes.map((name) => [name, { type: 'number', minimum: 0, maximum: 1 }])),
    additionalProperties: { type: 'number' },
  };
  return {
    type: 'object',
    properties: { ...answerBase, label: { type: 'string' }, probabilities },
    required: ['predictionId', 'version', 'arm', 'label', 'probabilities'],
  };
}

export function valuePredictionSchema(): JsonSchema {
  return {
    type: 'object',
    properties: { ...answerBase, value: { type: 'number' } },
    required: ['predictionId', 'version', 'arm', 'value'],
  };
}

interface AnswerWords {
  label(classes: readonly string[]): JsonSchema;
  prediction(classes: readonly string[]): JsonSchema;
  example(spec: ModelSpec): JsonSchema;
}

const classAnswers: AnswerWords = {
  label: (classes) => ({ type: 'string', enum: classes }),
  prediction: classPredictionSchema,
  example({ target }) {
    const classes = classesOf(target);
    const share = Math.round(1_000 / classes.length) / 1_000;
    return { label: exampleLabel(target), probabilities: Object.fromEntries(classes.map((name) => [name, share])) };
  },
};

const answers: Record<TaskName, AnswerWords> = {
  binary: classAnswers,
  multiclass: classAnswers,
  regression: {
    label: () => ({ type: 'number' }),
    prediction: valuePredictionSchema,
    example: ({ target }) => ({ value: exampleLabel(target) }),
  },
};

function examplePrediction(spec: ModelSpec): JsonSchema {
  const example = answers[spec.target.task].example(spec);
  return { predictionId: examplePredictionId, version: 1, arm: 'champion', ...example };
}
