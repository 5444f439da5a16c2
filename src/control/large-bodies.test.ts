import { once } from 'node:events';
import { createServer, request, type ClientRequest } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { cutSlowBodies } from './large-bodies.ts';

const everyMs = 60_000;
const large = '/v1/trainings/train%2Fa%2F1/files/sha256:0';
const server = createServer((incoming, response) => {
  incoming.resume().on('end', () => response.end('whole'));
});
cutSlowBodies(server, everyMs);

beforeEach(async () => {
  // Sockets need the clock of the machine; the looks are those of the test.
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
});
afterEach(async () => {
  vi.useRealTimers();
  server.closeAllConnections();
  server.close();
  await once(server, 'close');
});

/** A request whose first bytes are there. */
async function begun(path: string) {
  const { port } = server.address() as AddressInfo;
  const came = once(server, 'request');
  const asked = request({ host: '127.0.0.1', port, path, method: 'PUT', headers: { 'content-length': '9' } });
  asked.flushHeaders();
  const [incoming] = (await came) as [{ once: (event: 'data', told: () => void) => void }];
  return { asked, incoming, outcome: outcomeOf(asked) };
}

function outcomeOf(asked: ClientRequest): Promise<number | string> {
  return new Promise((resolve) => {
    asked.once('response', (response) => resolve(response.statusCode ?? 0));
    asked.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? 'error'));
  });
}

test('a large body may take its time as long as it goes on', async () => {
  const { asked, incoming, outcome } = await begun(large);
  for (const bytes of ['abc', 'def']) {
    const came = new Promise<void>((resolve) => incoming.once('data', resolve));
    asked.write(bytes);
    await came;
    vi.advanceTimersByTime(everyMs);
  }
  asked.end('ghi');
  expect(await outcome).toBe(200);
});

test('a large body that does not go on is cut', async () => {
  const { outcome } = await begun(large);
  vi.advanceTimersByTime(everyMs);
  expect(await outcome).toBe('ECONNRESET');
});

test('any other body is cut when it is not there in time', async () => {
  const { asked, incoming, outcome } = await begun('/v1/apply');
  const came = new Promise<void>((resolve) => incoming.once('data', resolve));
  asked.write('abc');
  await came;
  vi.advanceTimersByTime(everyMs);
  expect(await outcome).toBe('ECONNRESET');
});
