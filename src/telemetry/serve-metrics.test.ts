import { afterEach, expect, test } from 'vitest';
import { PerennialError } from '../domain/words/errors.ts';
import { serveMetrics, type MetricsServer } from './serve-metrics.ts';

let server: MetricsServer | undefined;
afterEach(() => server?.stop());

test('metrics are for who may read them; liveness is for everybody', async () => {
  server = await serveMetrics({
    host: '127.0.0.1',
    port: 0,
    text: async () => 'a 1\n',
    mayRead: async (authorization) => authorization === 'Bearer good',
  });
  const get = (path: string, authorization?: string) =>
    fetch(`http://127.0.0.1:${server?.port}${path}`, authorization === undefined ? {} : { headers: { authorization } });
  expect((await get('/metrics')).status).toBe(401);
  const good = await get('/metrics', 'Bearer good');
  expect([good.status, await good.text()]).toEqual([200, 'a 1\n']);
  expect((await get('/health/live')).status).toBe(200);
  expect((await get('/other')).status).toBe(404);
});

test('an address that has failed too often is told to wait, and the check is given that address', async () => {
  const addresses: (string | null)[] = [];
  server = await serveMetrics({
    host: '127.0.0.1',
    port: 0,
    text: async () => '',
    mayRead: async (_authorization, address) => {
      addresses.push(address);
      throw new PerennialError('rate_limited', 'Too many.');
    },
  });
  expect((await fetch(`http://127.0.0.1:${server.port}/metrics`)).status).toBe(429);
  expect(addresses).toEqual(['127.0.0.1']);
});

test('a failing check is an answer, and a port that is taken a sentence', async () => {
  server = await serveMetrics({
    host: '127.0.0.1',
    port: 0,
    text: async () => '',
    mayRead: () => Promise.reject(new Error('away')),
  });
  expect((await fetch(`http://127.0.0.1:${server.port}/metrics`)).status).toBe(503);
  await expect(
    serveMetrics({ host: '127.0.0.1', port: server.port, text: async () => '', mayRead: async () => true }),
  ).rejects.toMatchObject({ code: 'configuration', path: 'PERENNIAL_WORKER_METRICS_PORT' });
});
