import type { JsonSchema } from '../spec/row-schema.ts';

const number: JsonSchema = { type: 'number' };
const text: JsonSchema = { type: 'string' };

/** What a request asks for. */
export const explainSchema: JsonSchema = {
  anyOf: [
    { type: 'boolean' },
    {
      type: 'object',
      properties: { top: { type: 'integer', minimum: 1, description: 'Features that are named at most.' } },
      required: ['top'],
      additionalProperties: false,
    },
  ],
  examples: [true, { top: 5 }],
  description: 'Says why each row is answered as it is; true names three features. Nothing is computed without it.',
};

const featureSchema: JsonSchema = {
  type: 'object',
  properties: {
    feature: text,
    value: { type: ['number', 'string', 'boolean', 'null'], description: 'Null is missing.' },
    contribution: number,
    standardError: { ...number, description: 'Of a contribution that was sampled; absent where it is exact.' },
    text,
  },
  required: ['feature', 'value', 'contribution', 'text'],
};

const correctionSchema: JsonSchema = {
  type: 'object',
  properties: {
    from: number,
    to: number,
    level: { ...number, description: 'What slope and level moved.' },
    features: {
      type: 'array',
      items: {
        type: 'object',
        properties: { feature: text, contribution: number },
        required: ['feature', 'contribution'],
      },
    },
    text,
  },
  required: ['from', 'to', 'level', 'features', 'text'],
  description: 'What a correction made of the score; absent where none is on.',
};

/** `explanation` of an answer. */
export const explanationSchema: JsonSchema = {
  type: 'object',
  properties: {
    method: {
      type: 'string',
      enum: ['tree-shap', 'linear', 'sampled', 'constant', 'none'],
      description: 'The first two are exact. `none`: not explained, `text` says why.',
    },
    text,
    of: { ...text, description: 'The class whose score is explained; absent for a value.' },
    base: { ...number, description: 'What the model says on average.' },
    score: {
      ...number,
      description:
        '`base` and all contributions: the log-odds of the positive class, the logit of one of several, or the value.',
    },
    features: { type: 'array', items: featureSchema, description: 'The largest contributions, the largest first.' },
    others: { ...number, description: 'What the features add that are not listed.' },
    samples: { type: 'integer', description: 'Orders of features that were drawn, where contributions are sampled.' },
    correction: correctionSchema,
  },
  examples: [
    {
      method: 'tree-shap',
      text: 'It says -1.2 for the log-odds of yes on average, and 1.6 here.',
      of: 'yes',
      base: -1.2,
      score: 1.6,
      features: [
        {
          feature: 'basket',
          value: 120.5,
          contribution: 2.1,
          text: 'basket = 120.5 raises the log-odds of yes by 2.1.',
        },
      ],
      others: 0.7,
      correction: {
        from: 1.6,
        to: 1.3,
        level: -0.3,
        features: [],
        text: 'The correction moves the log-odds of yes from 1.6 to 1.3.',
      },
    },
  ],
  required: ['method', 'text'],
  description: 'Why the row was answered so, where `explain` asked for it.',
};
