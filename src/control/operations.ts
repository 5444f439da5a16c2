import type { OpenAPIHono } from '@hono/zod-openapi';
import { z } from 'zod';
import { routeRules } from '../access/permissions.ts';
import type { ApiEnvironment } from './environment.ts';

/** One route of the permission table, as requests are matched against it. */
export interface Operation {
  readonly method: string;
  /** In the form of the description: `/v1/models/{name}`. */
  readonly path: string;
  /** True when its verb takes the Idempotency-Key itself, or needs none. */
  readonly hasOwnKeys: boolean;
}

export interface Operations {
  /** The operation that a request asks for; null when the path or the method is none. */
  find(method: string, path: string): Operation | null;
  /** Methods that a path has; empty when there is no such path. */
  allowed(path: string): readonly string[];
}

/** Paths remembered with their operations: the table is walked once per path, and ids in paths must not fill memory. */
const rememberedMax = 2_000;

/** Reads the permission table, and the registered descriptions, when first asked: routes are registered one by one. */
export function operationsOf(app: Pick<OpenAPIHono<ApiEnvironment>, 'openAPIRegistry'>): Operations {
  let table: readonly (Operation & { readonly pattern: RegExp })[] | null = null;
  const remembered = new Map<string, readonly Operation[]>();
  const at = (path: string): readonly Operation[] => {
    const known = remembered.get(path);
    if (known !== undefined) return known;
    table ??= build(app);
    const matches = table.filter(({ pattern }) => pattern.test(path));
    // A literal path before one with a parameter, as the router has it.
    const found = matches.toSorted((left, right) => braces(left.path) - braces(right.path));
    if (remembered.size >= rememberedMax) remembered.clear();
    remembered.set(path, found);
    return found;
  };
  return {
    find: (method, path) =>
      at(path).find((operation) => operation.method === (method === 'HEAD' ? 'GET' : method)) ?? null,
    allowed: (path) => [...new Set(at(path).flatMap(({ method }) => (method === 'GET' ? ['GET', 'HEAD'] : [method])))],
  };
}

function build(
  app: Pick<OpenAPIHono<ApiEnvironment>, 'openAPIRegistry'>,
): readonly (Operation & { readonly pattern: RegExp })[] {
  const keeping = new Set<string>();
  for (const definition of app.openAPIRegistry.definitions) {
    if (definition.type !== 'route') continue;
    const { method, path, request } = definition.route;
    const headers = request?.headers;
    const body = request?.body?.content;
    // An upload is a stream that can be read once, and is named by its digest: sent again, it is the same anyway.
    const isUpload = body !== undefined && !('application/json' in body);
    if (isUpload || (headers instanceof z.ZodObject && 'idempotency-key' in headers.shape))
      keeping.add(`${method.toUpperCase()} ${path}`);
  }
  return Object.keys(routeRules).map((key) => {
    const [method = '', path = ''] = key.split(' ');
    const pattern = new RegExp(
      `^${path.replaceAll(/[.*+?^$()|[\]\\]/g, String.raw`\$&`).replaceAll(/\{\w+\}/g, '[^/]+')}$`,
    );
    return { method, path, hasOwnKeys: keeping.has(key), pattern };
  });
}

function braces(path: string): number {
  return path.split('{').length;
}
