import { once } from 'node:events';
import { createServer, type AddressInfo, type Server } from 'node:net';

/** A port that nothing listens on: the system hands them out in turn, so that two who ask get different ones. */
export async function anyPort(): Promise<number> {
  const [port = 0] = await anyPorts(1);
  return port;
}

/** Several, each another one: all are held before the first is given back. */
export async function anyPorts(count: number): Promise<readonly number[]> {
  const servers: Server[] = [];
  for (let at = 0; at < count; at++) {
    const server = createServer().listen(0, '127.0.0.1');
    // oxlint-disable-next-line no-await-in-loop -- one after the other
    await once(server, 'listening');
    servers.push(server);
  }
  const ports = servers.map((server) => (server.address() as AddressInfo).port);
  await Promise.all(servers.map((server) => once(server.close(), 'close')));
  return ports;
}
