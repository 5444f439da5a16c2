import { createServer, type Server } from 'node:http';
import { Server as NetServer, type AddressInfo } from 'node:net';
import { getRequestListener } from '@hono/node-server';
import { PerennialError } from '../../domain/words/errors.ts';

export interface Listening {
  readonly port: number;
  /**
   * Takes no new connections, lets what is under way finish, and closes what is still open after `graceMs`. Connections
   * that clients keep open end with their next answer or by their idle time-out.
   */
  drain(graceMs: number): Promise<void>;
}

/** Bounds of one connection; idle ones end after `keepAliveTimeoutMs`, which is also told to the client. */
const requestTimeoutMs = 30_000;
const headersTimeoutMs = 10_000;
export const keepAliveTimeoutMs = 5_000;

/** Throws `configuration` when the port is taken or may not be used. */
export async function listen(
  fetch: (request: Request) => Response | Promise<Response>,
  host: string,
  port: number,
): Promise<Listening> {
  const server = createServer(
    {
      requestTimeout: requestTimeoutMs,
      headersTimeout: headersTimeoutMs,
      keepAliveTimeout: keepAliveTimeoutMs,
      noDelay: true,
    },
    getRequestListener(fetch),
  );
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) =>
      reject(
        new PerennialError('configuration', `Inference cannot listen on ${host}:${port}: ${error.message}.`, {
          path: 'PERENNIAL_INFERENCE_PORT',
          cause: error,
        }),
      ),
    );
    server.listen(port, host, resolve);
  });
  const address: AddressInfo | string | null = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : port,
    drain: (graceMs) => drain(server, graceMs),
  };
}

async function drain(server: Server, graceMs: number): Promise<void> {
  const ended = new Promise<void>((resolve) => {
    // The close of `net`, not of `http`: the latter cuts idle connections at once, and a request that is on its way
    // over one of them would fail.
    NetServer.prototype.close.call(server, () => resolve());
  });
  if (graceMs < keepAliveTimeoutMs) server.closeIdleConnections();
  const cut = setTimeout(() => server.closeAllConnections(), graceMs);
  await ended;
  clearTimeout(cut);
}
