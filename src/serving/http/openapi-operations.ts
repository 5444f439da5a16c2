import { headerRefs, refusalRefs } from '../../contracts/openapi/openapi-parts.ts';
import type { JsonSchema } from '../../contracts/spec/row-schema.ts';

export type Json = Record<string, unknown>;

export const nameParameter: JsonSchema = {
  name: 'name',
  in: 'path',
  required: true,
  description: 'Name of a model.',
  schema: { type: 'string', maxLength: 128 },
};
export const versionParameter: JsonSchema = {
  name: 'version',
  in: 'path',
  required: true,
  description: 'Number of the champion.',
  schema: { type: 'string', maxLength: 20 },
};

/** An operation that reads and has no body. */
export function read(
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

/** The answer to what was right. */
export function good(schema: JsonSchema): Json {
  return {
    200: {
      description: 'As asked.',
      headers: headerRefs(['X-Request-Id']),
      content: { 'application/json': { schema } },
    },
  };
}
