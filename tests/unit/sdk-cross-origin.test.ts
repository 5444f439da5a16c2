import { describe, expect, test } from 'vitest';
import { createApi } from '../../src/create-api.ts';
import { readConfig } from '../../src/config.ts';
import { createDatabase } from '../../src/db/base/connect.ts';
import type { CommandBus } from '../../src/domain/record/messages.ts';

const shop = 'https://shop.example';
const bus: CommandBus = {
  deliver: () => Promise.reject(new Error('nothing may be delivered here')),
  ensureModel: () => Promise.reject(new Error('nothing may be started here')),
  nudge: () => Promise.reject(new Error('nothing may be started here')),
  steps: () => Promise.reject(new Error('nothing may be read here')),
  reset: () => Promise.reject(new Error('nothing may be reset here')),
  uiUrl: (id) => `http://ui/${id}`,
};
const apiFor = (allowedOrigins: readonly string[]) =>
  createApi({
    database: createDatabase('postgres://nobody@127.0.0.1:1/none'),
    bus,
    log: { info: () => undefined, error: () => undefined },
    allowedOrigins,
  });
const preflight = (origin: string) => ({
  method: 'OPTIONS',
  headers: {
    origin,
    'access-control-request-method': 'POST',
    'access-control-request-headers': 'authorization,idempotency-key,x-perennial-client',
  },
});

describe('pages of other origins', () => {
  test('a listed one may ask, with every header that the client sends, and never with cookies', async () => {
    const answer = await apiFor([shop]).request('/v1/models/a/retrain', preflight(shop));
    expect(answer.status).toBe(204);
    expect(answer.headers.get('access-control-allow-origin')).toBe(shop);
    expect(answer.headers.get('access-control-allow-credentials')).toBeNull();
    const allowed = answer.headers.get('access-control-allow-headers')?.split(',') ?? [];
    expect(allowed).toEqual(
      expect.arrayContaining(
        ['accept', 'authorization', 'content-type', 'idempotency-key', 'x-perennial-client'].filter(
          (name) => name !== 'accept',
        ),
      ),
    );
  });

  test('a refusal can be read by a listed one: its code and its time to wait', async () => {
    const answer = await apiFor([shop]).request('/v1/models', { headers: { origin: shop } });
    expect(answer.status).toBe(401);
    expect(answer.headers.get('access-control-allow-origin')).toBe(shop);
    expect(answer.headers.get('access-control-expose-headers')).toContain('retry-after');
  });

  test.each([
    ['another one', [shop], 'https://evil.example', '/v1/models'],
    ['one that only begins so', [shop], `${shop}.evil.example`, '/v1/models'],
    ['a page without an origin', [shop], 'null', '/v1/models'],
    ['anybody, when none is listed', [], shop, '/v1/models'],
    ['a listed one, for the pages that live by cookies', [shop], shop, '/sign-in'],
  ])('%s may not', async (_who, allowed, origin, path) => {
    const answer = await apiFor(allowed).request(path, preflight(origin));
    expect(answer.headers.get('access-control-allow-origin')).toBeNull();
  });
});

describe('PERENNIAL_ALLOWED_ORIGINS', () => {
  test('is a list of origins, none by default', () => {
    expect(readConfig({}).allowedOrigins).toEqual([]);
    expect(
      readConfig({ PERENNIAL_ALLOWED_ORIGINS: ' https://a.example, http://127.0.0.1:3000 ' }).allowedOrigins,
    ).toEqual(['https://a.example', 'http://127.0.0.1:3000']);
  });

  test.each([
    '*',
    'shop.example',
    'https://shop.example/',
    'https://shop.example/path',
    'null',
    'javascript:alert(1)',
    'https://a.example,*',
  ])('%s is refused', (value) => {
    expect(() => readConfig({ PERENNIAL_ALLOWED_ORIGINS: value })).toThrow('PERENNIAL_ALLOWED_ORIGINS must be');
  });
});
