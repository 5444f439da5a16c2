import { afterAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { routeRules, ruleOf } from '../access/permissions.ts';
import { createDatabase } from '../db/base/connect.ts';
import type { CommandBus } from '../domain/record/messages.ts';
import { errorTable } from '../domain/words/errors.ts';
import { createApi } from '../create-api.ts';
import { secured } from './secured.ts';

// A port that nothing listens on: what needs Postgres is tested in tests/integration.
const database = createDatabase('postgres://nobody@127.0.0.1:1/none');
const bus: CommandBus = {
  deliver: () => Promise.reject(new Error('nothing may be delivered here')),
  ensureModel: () => Promise.reject(new Error('nothing may be started here')),
  uiUrl: (id) => `http://ui/${id}`,
  nudge: () => Promise.resolve(false),
  steps: () => Promise.reject(new Error('nothing may be read here')),
  reset: () => Promise.reject(new Error('nothing may be reset here')),
};
const silent = { info: () => undefined, error: () => undefined };
const api = createApi({ sourceRoots: [{ scope: '*', path: '/data' }], database, bus, log: silent });

afterAll(() => database.close());

const described = z.object({
  openapi: z.string(),
  paths: z.record(z.string(), z.record(z.string(), z.unknown())),
  components: z.object({ securitySchemes: z.object({ bearer: z.object({ scheme: z.string() }) }) }),
});

/** Routes as they are registered, in the form of the permission table; middleware for everything is no route. */
function registered(): string[] {
  const routes = api.routes.filter((route) => route.method !== 'ALL' && !route.path.includes('*'));
  return [...new Set(routes.map((route) => `${route.method} ${route.path.replaceAll(/:(\w+)/g, '{$1}')}`))].sort();
}

describe('permissions', () => {
  test('every route has a rule, and every rule a route', () => {
    expect(registered().filter((route) => ruleOf(...split(route)) === null)).toEqual([]);
    expect(registered()).toEqual(Object.keys(routeRules).sort());
  });

  test('a route without a rule cannot be made', () => {
    expect(() => secured(database, { method: 'get', path: '/v1/secrets', responses: {} })).toThrow('permissions.ts');
  });

  const guarded = registered().filter((route) => ruleOf(...split(route)) !== 'public');
  test.each(guarded.filter(isApi))('%s refuses a stranger, whatever the body', async (route) => {
    const [method, path] = split(route);
    for (const headers of [{}, { authorization: 'Bearer nonsense' }]) {
      const response = await api.request(urlOf(path), { method, headers, ...(method === 'POST' ? { body: '{' } : {}) });
      expect(response.status).toBe(401);
      expect(response.headers.get('www-authenticate')).toBe('Bearer');
      expect(await response.json()).toMatchObject({
        code: 'unauthenticated',
        requestId: response.headers.get('x-request-id'),
      });
    }
  });

  test.each(guarded.filter((route) => !isApi(route)))('%s sends a stranger away', async (route) => {
    const [method, path] = split(route);
    const response = await api.request(urlOf(path), { method, ...(method === 'POST' ? { body: '{' } : {}) });
    expect([303, 401, 403]).toContain(response.status);
    if (response.status === 303) expect(response.headers.get('location')).toMatch(/^\/sign-in/);
  });
});

test('what is not here lists what is', async () => {
  const response = await api.request('/v1/nothing');
  expect(response.status).toBe(404);
  expect(response.headers.get('content-type')).toBe('application/problem+json');
  expect(await response.json()).toMatchObject({ detail: expect.stringContaining('POST /v1/apply') });
});

test('without Postgres it lives and is not ready', async () => {
  expect((await api.request('/health/live')).status).toBe(200);
  const ready = await api.request('/health/ready');
  expect(ready.status).toBe(503);
  expect(ready.headers.get('retry-after')).toBe('1');
});

test('the description is OpenAPI 3.1 and names every route of the API', async () => {
  const document = described.parse(await (await api.request('/openapi.json')).json());
  expect(document.openapi).toBe('3.1.0');
  const routes = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
  );
  expect(routes.sort()).toEqual(Object.keys(routeRules).filter(isApi).sort());
  expect(document.components.securitySchemes.bearer.scheme).toBe('bearer');
});

test('a path with another method says which it has', async () => {
  const response = await api.request('/v1/models/fraud', { method: 'PUT' });
  expect(response.status).toBe(405);
  expect(response.headers.get('allow')).toBe('GET, HEAD');
  expect(await response.json()).toMatchObject({ code: 'method_not_allowed', type: '/docs/errors#method_not_allowed' });
});

test('the type of a problem leads to its meaning, and the list of codes is the table', async () => {
  const page = await (await api.request('/docs/errors')).text();
  const listed = await (await api.request('/v1/errors')).json();
  expect(listed).toEqual({
    errors: Object.entries(errorTable).map(([code, row]) => ({ code, type: `/docs/errors#${code}`, ...row })),
  });
  for (const code of Object.keys(errorTable)) expect(page).toContain(`id="${code}"`);
});

test('the reference page takes everything from here', async () => {
  const page = await api.request('/docs');
  const html = await page.text();
  expect(page.headers.get('content-security-policy')).toContain(
    "default-src 'none'; script-src 'self'; style-src 'self'",
  );
  const assets = [...html.matchAll(/(?:src|href)="([^"]+)"/g)]
    .map((match) => match[1] ?? '')
    .filter((url) => url.includes('/assets/'));
  expect(assets.length).toBe(5);
  expect(html).not.toMatch(/https?:\/\//);
  for (const url of assets) {
    const asset = await api.request(url, { headers: { 'accept-encoding': 'gzip' } });
    expect(asset.status).toBe(200);
    expect(asset.headers.get('cache-control')).toContain('immutable');
  }
  expect((await api.request('/docs/assets/..%2f..%2fpackage.json')).status).toBe(404);
});

test('a huge body is refused by its declared length', async () => {
  const response = await api.request('/v1/apply', {
    method: 'POST',
    headers: { 'content-length': String(1e9) },
    body: '{}',
  });
  expect(response.status).toBe(413);
});

/** Pages for people are no part of the API. */
function isApi(route: string): boolean {
  return /^\w+ \/(v1\/|health\/|docs|metrics|openapi\.json)/.test(route);
}

function urlOf(path: string): string {
  return path
    .replace('{name}', 'fraud')
    .replace('{version}', '1')
    .replaceAll(/\{\w+\}/g, 'x');
}

function split(route: string): [string, string] {
  const space = route.indexOf(' ');
  return [route.slice(0, space), route.slice(space + 1)];
}
