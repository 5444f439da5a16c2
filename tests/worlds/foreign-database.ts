import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { afterAll } from 'vitest';

/** A database that is none of Perennial, on the server of the tests: it plays the one of a team. */
export interface ForeignDatabase {
  readonly url: string;
  /** `host:port`, as a setting lists it. */
  readonly host: string;
  readonly client: pg.Client;
  /** Another connection to it, closed with it. */
  connect(): Promise<pg.Client>;
}

/** Made for the tests of one file, and removed with them. To be awaited at its top. */
export async function openForeignDatabase(): Promise<ForeignDatabase> {
  // oxlint-disable-next-line no-process-env -- the test runner hands the server over by its environment
  const serverUrl = process.env['DATABASE_URL'] ?? '';
  const name = `foreign_${randomBytes(6).toString('hex')}`;
  const url = new URL(serverUrl);
  const administrator = await connected(serverUrl);
  await administrator.query(`create database ${name}`);
  url.pathname = `/${name}`;
  const clients: pg.Client[] = [];
  const connect = async (): Promise<pg.Client> => {
    const client = await connected(url.href);
    clients.push(client);
    return client;
  };
  afterAll(async () => {
    await Promise.all(clients.map((client) => client.end().catch(() => undefined)));
    await administrator.query(`drop database if exists ${name} with (force)`);
    await administrator.end();
  });
  return { url: url.href, host: url.host, client: await connect(), connect };
}

async function connected(connectionString: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString, connectionTimeoutMillis: 10_000 });
  client.on('error', () => undefined);
  await client.connect();
  return client;
}
