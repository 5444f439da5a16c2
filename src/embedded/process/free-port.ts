import { createServer } from 'node:net';
import { PerennialError } from '../../domain/words/errors.ts';
import { refusedPorts } from '../../domain/words/refused-ports.ts';

const searchSpan = 100;

/**
 * The preferred port, or the next free one above it (at most 100 further), so that the same machine state gives the
 * same port. `taken` holds ports that were given out but are not bound yet. Ports that browsers refuse are none.
 */
export async function freePort(
  preferredPort: number,
  host = '127.0.0.1',
  taken: ReadonlySet<number> = new Set(),
): Promise<number> {
  const last = Math.min(preferredPort + searchSpan, 65_535);
  for (let port = preferredPort; port <= last; port += 1) {
    if (!taken.has(port) && !refusedPorts.has(port) && (await isPortFree(port, host))) return port;
  }
  throw new PerennialError('configuration', `No port from ${preferredPort} to ${last} is free on ${host}.`);
}

/** Binds and closes at once: the only test that also sees ports bound to every address. */
export function isPortFree(port: number, host = '127.0.0.1'): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) => {
      // Below 1024 an ordinary user may not bind: for a search that is "not free".
      if (error.code === 'EADDRINUSE' || error.code === 'EACCES') resolve(false);
      else reject(new PerennialError('configuration', `Cannot listen on ${host}: ${error.message}.`, { cause: error }));
    });
    server.listen({ port, host, exclusive: true }, () => server.close(() => resolve(true)));
  });
}
