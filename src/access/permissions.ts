import type { Permission } from './roles.ts';

/**
 * One row per route of the control API: what it takes to call it. A route without a row cannot be registered.
 * `public` is for what must answer without a token: health, metrics of liveness, and the description of the API.
 */
export type RouteRule = Permission | 'public';

export const routeRules = {
  'GET /health/live': 'public',
  'GET /health/ready': 'public',
  'GET /openapi.json': 'public',
  'POST /v1/apply': 'apply',
  'GET /v1/models': 'read',
  'GET /v1/models/{name}': 'read',
  'GET /v1/models/{name}/settled': 'read',
  'GET /v1/models/{name}/history': 'read',
  'GET /v1/models/{name}/champion': 'read',
  'GET /v1/models/{name}/spec': 'read',
  'GET /v1/models/{name}/rollouts': 'read',
  'GET /v1/models/{name}/versions/{version}': 'read',
  'POST /v1/models/{name}/retrain': 'operate',
  'POST /v1/models/{name}/approve': 'operate',
  'POST /v1/models/{name}/abort': 'operate',
  'POST /v1/models/{name}/rollback': 'operate',
  'POST /v1/models/{name}/pause': 'operate',
  'POST /v1/models/{name}/resume': 'operate',
  'GET /v1/alerts': 'read',
  'GET /v1/runs/{id}': 'read',
  'GET /v1/tokens': 'tokens',
  'POST /v1/tokens': 'tokens',
  'DELETE /v1/tokens/{id}': 'tokens',
} as const satisfies Record<string, RouteRule>;

export type RouteKey = keyof typeof routeRules;

/** The rule of a route, or null: default deny. `path` is in the form of the API description (`/v1/models/{name}`). */
export function ruleOf(method: string, path: string): RouteRule | null {
  const key = `${method.toUpperCase()} ${path}`;
  return isRouteKey(key) ? routeRules[key] : null;
}

function isRouteKey(key: string): key is RouteKey {
  return Object.hasOwn(routeRules, key);
}
