import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { createDatabase } from '../../src/db/base/connect.ts';
import { migrate } from '../../src/db/base/migrate.ts';

export interface TestDatabase {
  readonly url: string;
  /** Ends what is still connected and removes the database. */
  drop(): Promise<void>;
}

const templateName = 'perennial_test_template';
/** "test" in ASCII; not the key that migrations use. */
const templateLockKey = 0x74_65_73_74;

/**
 * A fresh database with every migration applied, copied from a template on the server that DATABASE_URL names (the
 * database in that URL is only connected to, never changed). The template is migrated once, by whoever comes first.
 */
export async function createTestDatabase(): Promise<TestDatabase> {
  // oxlint-disable-next-line no-process-env -- the test runner hands the server over by its environment
  const serverUrl = process.env['DATABASE_URL'];
  if (serverUrl === undefined)
    throw new Error('DATABASE_URL is not set: run the tests through `npm test`, which starts a Postgres');
  const name = `test_${randomBytes(6).toString('hex')}`;
  await asAdministrator(serverUrl, async (client) => {
    // One at a time: a template cannot be copied while another connection uses it.
    await client.query('select pg_advisory_lock($1)', [templateLockKey]);
    await ensureTemplate(client, serverUrl);
    await client.query(`create database ${name} template ${templateName}`);
  });
  return {
    url: databaseUrl(serverUrl, name),
    drop: () =>
      asAdministrator(
        serverUrl,
        async (client) => void (await client.query(`drop database if exists ${name} with (force)`)),
      ),
  };
}

let template: Promise<void> | null = null;

/** Once per process, as migrations do not change while tests run: looking took as long as copying. */
function ensureTemplate(client: pg.Client, serverUrl: string): Promise<void> {
  template ??= makeTemplate(client, serverUrl).catch((error: unknown) => {
    template = null;
    throw error;
  });
  return template;
}

/**
 * Migrates an existing template too: a migration may have been added since it was made. A changed one starts it afresh.
 */
async function makeTemplate(client: pg.Client, serverUrl: string): Promise<void> {
  const { rowCount } = await client.query('select 1 from pg_database where datname = $1', [templateName]);
  if (rowCount === 0) await client.query(`create database ${templateName}`);
  try {
    await migrateTemplate(serverUrl);
  } catch {
    await client.query(`drop database ${templateName} with (force)`);
    await client.query(`create database ${templateName}`);
    await migrateTemplate(serverUrl);
  }
}

async function migrateTemplate(serverUrl: string): Promise<void> {
  const template = createDatabase(databaseUrl(serverUrl, templateName), { connectionsMax: 1 });
  try {
    await migrate(template);
  } finally {
    await template.close();
  }
}

async function asAdministrator<T>(serverUrl: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: serverUrl, connectionTimeoutMillis: 10_000 });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

function databaseUrl(serverUrl: string, name: string): string {
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  return url.toString();
}
