import type { OpenAPIHono } from '@hono/zod-openapi';
import { z } from 'zod';
import { ruleOf } from '../../access/permissions.ts';
import { exampleOf } from '../../contracts/openapi/examples.ts';
import {
  bearerScheme,
  headerComponents,
  headerRefs,
  problemComponent,
  refusalComponents,
  refusalRefs,
  withoutDialect,
} from '../../contracts/openapi/openapi-parts.ts';
import type { ApiEnvironment } from '../../control/environment.ts';
import type { Operations } from '../../control/operations.ts';
import { operationIdOf, tagOf, tags } from './names.ts';

type Json = Record<string, unknown>;

/** Answers with an ETag, which `If-None-Match` and `If-Match` take. */
const tagged = new Set([
  '/v1/models/{name}',
  '/v1/models/{name}/spec',
  '/v1/models/{name}/openapi.json',
  '/v1/models/{name}/versions/{version}',
]);

const idempotencyParameter = {
  name: 'Idempotency-Key',
  in: 'header',
  required: false,
  description:
    'A name of yours for this request: sent again with the same body, it gets its first answer; ' +
    'with another body it is refused.',
  schema: { type: 'string', pattern: '^[\\x21-\\x7e]{1,200}$' },
};

/**
 * OpenAPI 3.1 of every route: what each route declares about its good answer, completed with what is true of all of
 * them, so that no route can forget a refusal, a header or the key of a repeated request.
 */
export function describeApi(app: OpenAPIHono<ApiEnvironment>, operations: Operations): Json {
  const document = app.getOpenAPI31Document({
    openapi: '3.1.0',
    info: { title: 'Perennial control API', version: '1', description },
  });
  const bodies = bodySchemas(app);
  const answers = answerSchemas(app);
  const paths: Record<string, Json> = {};
  for (const [path, item] of Object.entries({ ...document.paths, ...plainPaths })) {
    paths[path] = {};
    for (const [method, operation] of Object.entries(item))
      paths[path][method] = complete(
        method,
        path,
        withAnswer(withBody({ ...operation }, bodies.get(`${method} ${path}`)), answers.get(`${method} ${path}`)),
        operations,
      );
  }
  return {
    ...document,
    tags,
    servers: [{ url: '/' }],
    paths,
    components: {
      ...document.components,
      securitySchemes: { bearer: bearerScheme },
      headers: headerComponents,
      responses: refusalComponents,
      schemas: { ...document.components?.schemas, Problem: problemComponent },
    },
  };
}

const description = `Models, versions, rollouts, windows and runs; and the commands that move them.

- **Refusals** are problem details (RFC 9457) with a code of a closed list: \`GET /v1/errors\`.
- **Lists** take \`limit\` and \`cursor\`; their \`next\` is the cursor of the next page, also as \`Link: rel="next"\`.
- **Commands** take an \`Idempotency-Key\`, and \`If-Match\` with the ETag of the model that was decided on.`;

/**
 * JSON Schemas of request bodies by zod itself: the router's own converter takes members that may be left out for
 * required ones.
 */
function bodySchemas(app: OpenAPIHono<ApiEnvironment>): ReadonlyMap<string, Json> {
  const schemas = new Map<string, Json>();
  for (const definition of app.openAPIRegistry.definitions) {
    if (definition.type !== 'route') continue;
    const media = definition.route.request?.body?.content['application/json'];
    const schema: unknown = media !== undefined && 'schema' in media ? media.schema : undefined;
    if (!(schema instanceof z.ZodType)) continue;
    schemas.set(
      `${definition.route.method} ${definition.route.path}`,
      withoutDialect(z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' })),
    );
  }
  return schemas;
}

/** The same of good answers that have members which may be left out. */
function answerSchemas(app: OpenAPIHono<ApiEnvironment>): ReadonlyMap<string, Json> {
  const schemas = new Map<string, Json>();
  for (const definition of app.openAPIRegistry.definitions) {
    if (definition.type !== 'route') continue;
    const { method, path, responses } = definition.route;
    const good: unknown = responses[goodStatus];
    const media = recordOf(recordOf(recordOf(good)['content'])['application/json']);
    const schema = media['schema'];
    if (!(schema instanceof z.ZodType)) continue;
    let mayLack = false;
    const json = z.toJSONSchema(schema, {
      io: 'output',
      unrepresentable: 'any',
      override: ({ zodSchema, jsonSchema }) => {
        if (zodSchema instanceof z.ZodExactOptional) mayLack = true;
        // Later releases answer with more members.
        if (zodSchema instanceof z.ZodObject && zodSchema.def.catchall === undefined)
          delete jsonSchema.additionalProperties;
      },
    });
    if (mayLack) schemas.set(`${method} ${path}`, withoutDialect(json));
  }
  return schemas;
}

const goodStatus = '200';

function withAnswer(operation: Json, schema: Json | undefined): Json {
  if (schema === undefined) return operation;
  const responses = recordOf(operation['responses']);
  const good = recordOf(responses[goodStatus]);
  const content = recordOf(good['content']);
  const json = { ...recordOf(content['application/json']), schema };
  return {
    ...operation,
    responses: { ...responses, [goodStatus]: { ...good, content: { ...content, 'application/json': json } } },
  };
}

function withBody(operation: Json, schema: Json | undefined): Json {
  if (schema === undefined) return operation;
  const body = recordOf(operation['requestBody']);
  const content = recordOf(body['content']);
  return {
    ...operation,
    requestBody: {
      ...body,
      content: { ...content, 'application/json': { ...recordOf(content['application/json']), schema } },
    },
  };
}

/**
 * Routes of this port that are no JSON calls, so that the router knows nothing of what they answer. Pages for people
 * are not described.
 */
const plainPaths: Record<string, Json> = {
  '/metrics': { get: plain('Metrics for Prometheus', 'text/plain') },
  '/openapi.json': {
    get: {
      summary: 'This description',
      security: [],
      responses: {
        200: { description: 'OpenAPI 3.1.', content: { 'application/json': { schema: { type: 'object' } } } },
      },
    },
  },
  '/docs': { get: plain('The reference page', 'text/html', true) },
  '/docs/errors': { get: plain('What codes of refusals mean', 'text/html', true) },
  '/docs/assets/{file}': {
    get: {
      ...plain('Files of the reference page', '*/*', true),
      parameters: [{ name: 'file', in: 'path', required: true, schema: { type: 'string', maxLength: 100 } }],
    },
  },
};

function plain(summary: string, type: string, isPublic = false): Json {
  return {
    summary,
    security: isPublic ? [] : [{ bearer: [] }],
    responses: { 200: { description: 'As it is.', content: { [type]: { schema: { type: 'string' } } } } },
  };
}

function complete(method: string, path: string, operation: Json, operations: Operations): Json {
  const key = `${method.toUpperCase()} ${path}`;
  const isWrite = method !== 'get';
  const isPublic = ruleOf(method, path) === 'public';
  const parameters = listOf(operation['parameters']);
  const hasOwnKeys = operations.find(method.toUpperCase(), path.replaceAll(/\{\w+\}/g, 'x'))?.hasOwnKeys ?? false;
  if (method === 'post' && !hasOwnKeys && !isPublic) parameters.push(idempotencyParameter);
  if (tagged.has(path) && method === 'get')
    parameters.push({
      name: 'If-None-Match',
      in: 'header',
      required: false,
      description: 'The ETag that you have: 304 when it still stands.',
      schema: { type: 'string', maxLength: 1_000 },
    });
  const hasBody = operation['requestBody'] !== undefined;
  const statuses = [
    ...(parameters.length > 0 || hasBody ? [400] : []),
    ...(isPublic ? [] : [401, 403, 429]),
    ...(path.includes('{') || key === 'POST /v1/apply' ? [404] : []),
    ...(isWrite && !isPublic ? [409, 412, 422, 504] : []),
    ...(hasBody ? [413, 415, 422] : []),
    ...('206' in recordOf(operation['responses']) ? [416] : []),
    500,
    ...(path === '/health/live' || path.startsWith('/docs') || path === '/v1/errors' ? [] : [503]),
  ];
  const { summary = key, ...rest } = operation;
  return {
    operationId: operationIdOf(method, path),
    tags: [tagOf(path)],
    summary,
    ...rest,
    ...(parameters.length === 0 ? {} : { parameters: parameters.map(nameHeader) }),
    ...(hasBody ? { requestBody: withExample(operation['requestBody'], exampleOf(key)?.request) } : {}),
    responses: {
      ...goodAnswers(operation['responses'], key, path, method),
      ...refusalRefs([...new Set(statuses)].toSorted((a, b) => a - b)),
    },
  };
}

function goodAnswers(responses: unknown, key: string, path: string, method: string): Json {
  const isTagged = tagged.has(path) && method === 'get';
  const good = Object.entries(recordOf(responses)).filter(([status]) => /^[23]/.test(status));
  const entries = good.map(([status, response]): [string, Json] => {
    const content = recordOf(recordOf(response)['content']);
    const isList = JSON.stringify(content).includes('"next"');
    const headers = headerRefs([
      'X-Request-Id',
      ...(isTagged ? (['ETag'] as const) : []),
      ...(isList ? (['Link'] as const) : []),
    ]);
    return [
      status,
      {
        ...recordOf(response),
        headers,
        ...(Object.keys(content).length === 0
          ? {}
          : { content: withExample({ content }, exampleOf(key)?.answer)['content'] }),
      },
    ];
  });
  if (isTagged)
    entries.push([
      '304',
      { description: 'What you have still stands.', headers: headerRefs(['X-Request-Id', 'ETag']) },
    ]);
  return Object.fromEntries(entries);
}

function withExample(body: unknown, example: unknown): Json {
  const content = recordOf(recordOf(body)['content']);
  const json = content['application/json'];
  if (example === undefined || json === undefined) return recordOf(body);
  return { ...recordOf(body), content: { ...content, 'application/json': { ...recordOf(json), example } } };
}

/** zod-openapi writes header names as their schema has them: in lower case. */
function nameHeader(parameter: unknown): unknown {
  const given = recordOf(parameter);
  return given['in'] === 'header'
    ? {
        ...given,
        name: String(given['name']).replaceAll(
          /(^|-)([a-z])/g,
          (_, dash: string, letter: string) => `${dash}${letter.toUpperCase()}`,
        ),
      }
    : given;
}

function listOf(value: unknown): unknown[] {
  return Array.isArray(value) ? [...(value as readonly unknown[])] : [];
}

function recordOf(value: unknown): Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {};
}
