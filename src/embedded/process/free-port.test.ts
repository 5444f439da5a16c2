import { createServer } from 'node:net';
import type { AddressInfo, Server } from 'node:net';
import { afterEach, expect, it } from 'vitest';
import { freePort, isPortFree } from './free-port.ts';
import { withFreePorts } from './with-free-ports.ts';

const servers: Server[] = [];

async function occupy(port: number, host = '127.0.0.1'): Promise<number> {
  const server = createServer();
  servers.push(server);
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(port, host, resolve));
  return (server.address() as AddressInfo).port;
}

afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

it('gives the preferred port when it is free, and the next one otherwise', async () => {
  const port = await freePort(45_100);
  expect(await isPortFree(port)).toBe(true);
  await occupy(port);
  expect(await isPortFree(port)).toBe(false);
  expect(await freePort(port)).toBeGreaterThan(port);
});

it('sees a port that is taken on every address', async () => {
  const port = await occupy(0, '0.0.0.0');
  expect(await isPortFree(port)).toBe(false);
});

it('leaves out ports that were given out already', async () => {
  const port = await freePort(45_200);
  expect(await freePort(port, '127.0.0.1', new Set([port]))).toBeGreaterThan(port);
});

it('leaves out ports that browsers refuse', async () => {
  expect(await freePort(10_080)).toBeGreaterThan(10_080);
});

it('says the range when none is free', async () => {
  const taken = new Set(Array.from({ length: 101 }, (_, index) => 45_300 + index));
  await expect(freePort(45_300, '127.0.0.1', taken)).rejects.toMatchObject({ code: 'configuration' });
});

it('starts again on another port when the first was lost before the bind, and for no other reason', async () => {
  const seen: number[] = [];
  const got = await withFreePorts([45_400], async ([port = 0]) => {
    seen.push(port);
    if (seen.length === 1) {
      await occupy(port);
      throw new Error('address in use');
    }
    return port;
  });
  expect(seen).toHaveLength(2);
  expect(got).toBe(seen[1]);
  await expect(withFreePorts([45_450], () => Promise.reject(new Error('disk full')))).rejects.toThrow('disk full');
});
