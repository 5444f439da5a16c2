/** Paths of the port with the methods they have; the first that fits counts. */
const routes: readonly (readonly [pattern: RegExp, route: string, methods: string])[] = [
  [/^\/v1\/models\/[^/]+\/predict\/?$/, '/v1/models/{name}/predict', 'POST'],
  [/^\/v1\/models\/[^/]+\/rows\/?$/, '/v1/models/{name}/rows', 'POST'],
  [/^\/v1\/views\/[^/]+\/rows\/?$/, '/v1/views/{name}/rows', 'POST'],
  [/^\/v1\/labels\/?$/, '/v1/labels', 'POST'],
  [/^\/v1\/proxies\/?$/, '/v1/proxies', 'POST'],
  [/^\/v2\/models\/[^/]+\/infer\/?$/, '/v2/models/{name}/infer', 'POST'],
  [/^\/v2\/models\/[^/]+\/versions\/[^/]+\/infer\/?$/, '/v2/models/{name}/versions/{version}/infer', 'POST'],
  [/^\/v2\/models\/[^/]+\/ready\/?$/, '/v2/models/{name}/ready', 'GET, HEAD'],
  [/^\/v2\/models\/[^/]+\/versions\/[^/]+\/ready\/?$/, '/v2/models/{name}/versions/{version}/ready', 'GET, HEAD'],
  [/^\/v2\/models\/[^/]+\/versions\/[^/]+\/?$/, '/v2/models/{name}/versions/{version}', 'GET, HEAD'],
  [/^\/v2\/models\/[^/]+\/?$/, '/v2/models/{name}', 'GET, HEAD'],
  [/^\/v2\/health\/live\/?$/, '/v2/health/live', 'GET, HEAD'],
  [/^\/v2\/health\/ready\/?$/, '/v2/health/ready', 'GET, HEAD'],
  [/^\/v2\/?$/, '/v2', 'GET, HEAD'],
  [/^\/health\/live\/?$/, '/health/live', 'GET, HEAD'],
  [/^\/health\/ready\/?$/, '/health/ready', 'GET, HEAD'],
  [/^\/metrics\/?$/, '/metrics', 'GET, HEAD'],
  [/^\/v1\/models\/[^/]+\/openapi\.json\/?$/, '/v1/models/{name}/openapi.json', 'GET, HEAD'],
  [/^\/openapi\.json\/?$/, '/openapi.json', 'GET, HEAD'],
  [/^\/docs\/errors\/?$/, '/docs/errors', 'GET, HEAD'],
];

/** The route of a path, for metrics; `none` for what a client made up. Predictions are found at the first step. */
export function routeOf(path: string): string {
  return routes.find(([pattern]) => pattern.test(path))?.[1] ?? 'none';
}

/** What `Allow` says; null for a path that is none. */
export function methodsAt(path: string): string | null {
  return routes.find(([pattern]) => pattern.test(path))?.[2] ?? null;
}
