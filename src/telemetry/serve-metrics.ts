import { createServer } from 'node:http';
import { isPerennialError, PerennialError } from '../domain/words/errors.ts';

export interface MetricsServer {
  readonly port: number;
  stop(): Promise<void>;
}

/**
 * `GET /metrics` and `GET /health/live` on a port of their own, for a process that has no other. `mayRead` is given the
 * Authorization header and the client's address. Throws `configuration` when the port is taken.
 */
export async function serveMetrics(options: {
  readonly host: string;
  readonly port: number;
  readonly text: () => Promise<string>;
  readonly mayRead: (authorization: string | undefined, address: string | null) => Promise<boolean>;
}): Promise<MetricsServer> {
  const server = createServer({ requestTimeout: 10_000, headersTimeout: 5_000 }, (request, response) => {
    const end = (status: number, type: string, body: string): void => {
      response.writeHead(status, { 'content-type': type, 'cache-control': 'no-store' }).end(body);
    };
    const path = request.url?.split('?')[0];
    if (path === '/health/live') return end(200, 'application/json', '{"status":"ok"}');
    if (path !== '/metrics') return end(404, 'text/plain', 'There is /metrics and /health/live.\n');
    options
      .mayRead(request.headers.authorization, request.socket.remoteAddress ?? null)
      .then(async (allowed) =>
        allowed
          ? end(200, 'text/plain; version=0.0.4; charset=utf-8', await options.text())
          : end(401, 'text/plain', 'This needs a token that may read all models.\n'),
      )
      .catch((error: unknown) => end(...refusalOf(error)));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause) =>
      reject(
        new PerennialError(
          'configuration',
          `Metrics cannot be served on ${options.host}:${options.port}: ${cause.message}.`,
          { path: 'PERENNIAL_WORKER_METRICS_PORT', cause },
        ),
      ),
    );
    server.listen(options.port, options.host, resolve);
  });
  const address = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : options.port,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function refusalOf(error: unknown): [status: number, type: string, body: string] {
  return isPerennialError(error) && error.code === 'rate_limited'
    ? [429, 'text/plain', `${error.message}\n`]
    : [503, 'text/plain', 'The metrics cannot be read now.\n'];
}
