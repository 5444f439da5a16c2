import { OpenAPIHono } from '@hono/zod-openapi';
import { expect, test } from 'vitest';
import { createDatabase } from '../db/base/connect.ts';
import { createApi } from '../create-api.ts';
import { operationsOf } from './operations.ts';

const database = createDatabase('postgres://nobody@127.0.0.1:1/none');
const api = createApi({
  database,
  bus: { uiUrl: (id: string) => id } as never,
  log: { info: () => undefined, error: () => undefined },
});
const operations = operationsOf(api);

test('a path is matched as the router does it: literal before parameter, HEAD as GET', () => {
  expect(operations.find('GET', '/v1/models/fraud')).toMatchObject({ path: '/v1/models/{name}' });
  expect(operations.find('HEAD', '/v1/models/fraud/versions/3')).toMatchObject({
    path: '/v1/models/{name}/versions/{version}',
  });
  expect(operations.find('GET', '/v1/audit/verify')).toMatchObject({ path: '/v1/audit/verify' });
  expect(operations.find('PATCH', '/v1/models/fraud')).toBeNull();
  expect(operations.find('GET', '/v1/models/a/b/c')).toBeNull();
  expect(operations.allowed('/v1/tokens')).toEqual(['GET', 'HEAD', 'POST']);
  expect(operations.allowed('/nowhere')).toEqual([]);
});

test('keys are kept by commands themselves; an upload is a stream that nobody reads before its route', () => {
  expect(operations.find('POST', '/v1/models/fraud/rollback')).toMatchObject({ hasOwnKeys: true });
  expect(operations.find('POST', '/v1/artifacts')).toMatchObject({ hasOwnKeys: true });
  expect(operations.find('POST', '/v1/tokens')).toMatchObject({ hasOwnKeys: false });
  expect(operationsOf(new OpenAPIHono()).find('POST', '/v1/models/fraud/rollback')).toMatchObject({
    hasOwnKeys: false,
  });
});
