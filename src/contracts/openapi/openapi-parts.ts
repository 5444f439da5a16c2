import { z } from 'zod';
import { errorTable, PerennialError, type ErrorCode } from '../../domain/words/errors.ts';
import { problemOf, problemSchema } from '../http/problem.ts';
import type { JsonSchema } from '../spec/row-schema.ts';

const exampleRequestId = '0f8fad5b-d9cb-469f-a165-70867728950e';

/** What the statuses of refusals mean, and the code that stands for each in an example. */
const refusals: Readonly<
  Record<number, { readonly description: string; readonly code: ErrorCode; readonly detail: string }>
> = {
  400: {
    description: 'The request is not valid; `path` names the place.',
    code: 'invalid_request',
    detail: 'The request is not valid: reason must have at most 2000 characters.',
  },
  401: {
    description: 'No token, or one that proves nothing (any more).',
    code: 'unauthenticated',
    detail: 'The request has no bearer token.',
  },
  403: {
    description: 'The role or the scope of the token does not cover this.',
    code: 'forbidden',
    detail: 'The token "ci" has the role viewer; this needs operator or admin.',
  },
  404: {
    description: 'Nothing has this name; the detail lists what exists.',
    code: 'model_not_found',
    detail: 'There is no model "frod" (models: fraud).',
  },
  405: { description: 'The path has no such method.', code: 'method_not_allowed', detail: 'There is no PUT here.' },
  409: {
    description: 'It does not fit the state as it is.',
    code: 'conflict',
    detail: 'No rollout of "fraud" is under way: there is nothing to approve.',
  },
  412: {
    description: 'The state is not the one that `If-Match` or `If-None-Match` names.',
    code: 'precondition_failed',
    detail: '"fraud" is not what it was when its ETag was read.',
  },
  413: { description: 'The body is too large.', code: 'too_large', detail: 'The body is larger than 20971520 bytes.' },
  415: {
    description: 'The body is not JSON by its Content-Type.',
    code: 'unsupported_media_type',
    detail: 'The body is text/plain.',
  },
  416: {
    description: 'The file ends before that place; `Content-Range` says where.',
    code: 'range_not_satisfiable',
    detail: 'The file has 20 bytes, and was asked for from byte 20 on.',
  },
  422: {
    description: 'It was read and cannot be done as it is.',
    code: 'invalid_spec',
    detail: 'rollout.shadow must be { rows: <whole number> } or { ms: <milliseconds> }.',
  },
  429: {
    description: 'Too many requests, or too many wrong tokens from one address.',
    code: 'rate_limited',
    detail: 'Too many wrong tokens.',
  },
  500: {
    description: 'Something failed that should not have; the log has the cause under the request id.',
    code: 'internal',
    detail: 'Something failed that should not have.',
  },
  503: {
    description: 'Not now: Postgres or Temporal is away, or too much is waiting.',
    code: 'unavailable',
    detail: 'The database does not answer.',
  },
  504: {
    description: 'No answer in time; sent again with the same key, nothing is done twice.',
    code: 'timeout',
    detail: 'No worker took the command in time.',
  },
};

/** Headers of answers, for `components.headers`. */
export const headerComponents = {
  'X-Request-Id': { description: 'Names the request in the log.', schema: { type: 'string' } },
  'Retry-After': { description: 'Seconds to wait.', schema: { type: 'integer', minimum: 0 } },
  'WWW-Authenticate': { description: 'How to prove who asks.', schema: { type: 'string' } },
  ETag: { description: 'Names this state, for If-None-Match and If-Match.', schema: { type: 'string' } },
  Link: { description: 'The next page (`rel="next"`), where there is one.', schema: { type: 'string' } },
} as const satisfies Record<string, { readonly description: string; readonly schema: JsonSchema }>;

export function headerRefs(names: readonly (keyof typeof headerComponents)[]): JsonSchema {
  return Object.fromEntries(names.map((name) => [name, { $ref: `#/components/headers/${name}` }]));
}

/** The schema of a problem, for `components.schemas.Problem`. */
export const problemComponent: JsonSchema = withoutDialect(
  z.toJSONSchema(problemSchema, { io: 'output', target: 'draft-2020-12' }),
);

/** One response per refusal, for `components.responses`: named `Refused404` and so on. */
export const refusalComponents: JsonSchema = Object.fromEntries(
  Object.keys(refusals).map((status) => [refusalName(Number(status)), refusalResponse(Number(status))]),
);

/** `responses` of an operation for the refusals that it can give. */
export function refusalRefs(statuses: readonly number[]): JsonSchema {
  return Object.fromEntries(
    statuses.map((status) => [String(status), { $ref: `#/components/responses/${refusalName(status)}` }]),
  );
}

function refusalName(status: number): string {
  return `Refused${status}`;
}

function refusalResponse(status: number): JsonSchema {
  const { description, code, detail } = refusals[status] ?? { description: 'A refusal.', code: 'internal', detail: '' };
  const codes = Object.entries(errorTable).filter(([, row]) => row.status === status);
  return {
    description: `${description} Codes: ${codes.map(([name]) => `\`${name}\``).join(', ')}.`,
    headers: headerRefs([
      'X-Request-Id',
      ...(status === 429 || status === 503 ? (['Retry-After'] as const) : []),
      ...(status === 401 ? (['WWW-Authenticate'] as const) : []),
    ]),
    content: {
      'application/problem+json': {
        schema: { $ref: '#/components/schemas/Problem' },
        example: problemOf(new PerennialError(code, detail), exampleRequestId),
      },
    },
  };
}

export function withoutDialect(schema: object): JsonSchema {
  const { $schema: _dialect, ...rest } = schema as Record<string, unknown>;
  return rest;
}

export const bearerScheme = {
  type: 'http',
  scheme: 'bearer',
  description:
    'A token that begins with `prn_`. `npm run dev` writes the first ones to `.perennial/tokens.json`; `perennial ' +
    'token create` makes more.',
} as const;

/** What an operation that takes a JSON body of the bearer of a token says of it; no example where none is given. */
export function jsonPost(parts: {
  readonly parameters: readonly JsonSchema[];
  readonly schema: JsonSchema;
  readonly example: unknown;
}): JsonSchema {
  const { parameters, schema, example } = parts;
  return {
    security: [{ bearer: [] }],
    parameters,
    requestBody: {
      required: true,
      content: { 'application/json': { schema, ...(example === undefined ? {} : { example }) } },
    },
  };
}

/** An answer with a JSON body. */
export function jsonAnswer(description: string, schema: JsonSchema, example?: unknown): JsonSchema {
  return {
    description,
    headers: headerRefs(['X-Request-Id']),
    content: { 'application/json': { schema, ...(example === undefined ? {} : { example }) } },
  };
}
