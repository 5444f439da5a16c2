import { randomBytes } from 'node:crypto';
import process from 'node:process';
import pg from 'pg';
import { createTestDatabase } from './database.ts';

/** A database for one installation on the server of all tests, with logins of its own beside the owner's. */
export interface WorldDatabase {
  /** The settings by which an installation finds it. */
  readonly variables: Readonly<Record<string, string>>;
  drop(): Promise<void>;
}

/**
 * Copies the migrated template: a Postgres of its own would be made, and migrated, for each file that needs a world.
 * The logins that the settings name are made by the installation itself; they are gone with the database.
 */
export async function createWorldDatabase(): Promise<WorldDatabase> {
  const { url, drop } = await createTestDatabase();
  // Logins belong to the server: two worlds that give one login two passwords at once would be in each other's way.
  const names = { app: `run_${randomBytes(6).toString('hex')}`, read: `pages_${randomBytes(6).toString('hex')}` };
  return {
    variables: {
      PERENNIAL_OWNER_DATABASE_URL: url,
      DATABASE_URL: signedIn(url, names.app),
      PERENNIAL_READ_DATABASE_URL: signedIn(url, names.read),
    },
    drop: async () => {
      await drop();
      // oxlint-disable-next-line no-process-env -- the test runner hands the server over by its environment
      const client = new pg.Client({ connectionString: process.env['DATABASE_URL'], connectionTimeoutMillis: 10_000 });
      await client.connect();
      try {
        for (const name of Object.values(names)) await client.query(`drop role if exists ${name}`);
      } finally {
        await client.end();
      }
    },
  };
}

function signedIn(ownerUrl: string, name: string): string {
  const url = new URL(ownerUrl);
  url.username = name;
  url.password = randomBytes(16).toString('hex');
  return url.href;
}
