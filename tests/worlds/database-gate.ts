import { connect, createServer, type Socket } from 'node:net';
import { once } from 'node:events';

/** A door in front of a Postgres: shut, nobody gets in and whoever was inside is cut off, as in an outage. */
export interface DatabaseGate {
  readonly url: string;
  shut(): void;
  /** Lets everybody in again, to another server when its URL is given. */
  open(databaseUrl?: string): void;
  close(): Promise<void>;
}

export async function openDatabaseGate(databaseUrl: string): Promise<DatabaseGate> {
  let behind = new URL(databaseUrl);
  const sockets = new Set<Socket>();
  let isOpen = true;
  const server = createServer((inside) => {
    if (!isOpen) return void inside.destroy();
    const outside = connect(Number(behind.port), behind.hostname);
    for (const [one, other] of [
      [inside, outside],
      [outside, inside],
    ] as const) {
      sockets.add(one);
      one.on('error', () => other.destroy());
      one.on('close', () => {
        sockets.delete(one);
        other.destroy();
      });
      one.pipe(other);
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const url = new URL(databaseUrl);
  url.hostname = '127.0.0.1';
  url.port = String(typeof address === 'object' && address !== null ? address.port : 0);
  const cut = (): void => {
    for (const socket of sockets) socket.destroy();
  };
  return {
    url: url.toString(),
    shut: () => {
      isOpen = false;
      cut();
    },
    open: (otherUrl = behind.href) => {
      behind = new URL(otherUrl);
      isOpen = true;
    },
    close: async () => {
      cut();
      server.close();
      await once(server, 'close');
    },
  };
}
