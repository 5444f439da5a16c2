import { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { serve, type ServerType } from '@hono/node-server';
import { PerennialError } from '../domain/words/errors.ts';
import type { Api } from './app.ts';
import { cutSlowBodies } from './large-bodies.ts';

export interface Serving {
  readonly port: number;
  /** Takes no new requests, lets those under way end for at most `graceMs`, then cuts them. */
  stop(graceMs: number): Promise<void>;
}

/** A slow client may not hold a connection open for ever while it sends its headers or its body. */
const headersTimeoutMs = 10_000;
const bodyTimeoutMs = 60_000;
/** Of a large body: as long as an access to the files of a training lives. */
const requestTimeoutMs = 3_600_000;

/** Listens; port 0 takes a free one. Throws `configuration` when the port is taken. */
export async function serveApi(api: Api, address: { readonly host: string; readonly port: number }): Promise<Serving> {
  const options = {
    fetch: api.fetch,
    hostname: address.host,
    port: address.port,
    serverOptions: { headersTimeout: headersTimeoutMs, requestTimeout: requestTimeoutMs },
  };
  const server = await new Promise<ServerType>((resolve, reject) => {
    const started: ServerType = serve(options, () => resolve(started));
    if (started instanceof Server) cutSlowBodies(started, bodyTimeoutMs);
    started.once('error', (cause: NodeJS.ErrnoException) => reject(cannotListen(address, cause)));
  });
  return { port: portOf(server), stop: (graceMs) => stopServer(server, graceMs) };
}

function portOf(server: ServerType): number {
  const bound: AddressInfo | string | null = server.address();
  if (bound === null || typeof bound === 'string') throw new Error('the server listens on no port');
  return bound.port;
}

async function stopServer(server: ServerType, graceMs: number): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  if ('closeIdleConnections' in server) server.closeIdleConnections();
  const cut = setTimeout(() => {
    if ('closeAllConnections' in server) server.closeAllConnections();
  }, graceMs);
  await closed;
  clearTimeout(cut);
}

function cannotListen(
  address: { readonly host: string; readonly port: number },
  cause: NodeJS.ErrnoException,
): PerennialError {
  const why = cause.code === 'EADDRINUSE' ? 'the port is taken' : (cause.code ?? cause.message);
  return new PerennialError(
    'configuration',
    `The control API cannot listen on ${address.host}:${address.port}: ${why}.`,
    {
      path: 'PERENNIAL_CONTROL_PORT',
      hint: 'Set PERENNIAL_CONTROL_PORT to a free port.',
      cause,
    },
  );
}
