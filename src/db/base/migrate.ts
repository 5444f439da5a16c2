import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { PerennialError } from '../../domain/words/errors.ts';
import { ensureAppRole } from './app-role.ts';
import type { Database } from './connect.ts';

export interface Migration {
  readonly tag: string;
  readonly digest: string;
  readonly statements: readonly string[];
}

/** Any number will do as long as nothing else in the database uses it: "pere" in ASCII. */
const lockKey = 0x70_65_72_65;
const lockTimeoutMs = 60_000;
const defaultDirectory = fileURLToPath(new URL('../../../migrations/', import.meta.url));

/**
 * Brings the schema to the newest migration. Several processes may start at once: they take turns under an advisory
 * lock, and each migration is one transaction. Returns the tags applied now. Throws `configuration` when an applied
 * migration was edited afterwards or the database is newer than this program.
 */
export async function migrate(
  database: Pick<Database, 'url'>,
  directory: string = defaultDirectory,
): Promise<readonly string[]> {
  const migrations = await readMigrations(directory);
  // A connection of its own: schema changes may take longer than a pool waits for the answer to a request.
  const client = new pg.Client({
    connectionString: database.url,
    connectionTimeoutMillis: 5_000,
    keepAlive: true,
    application_name: 'perennial-migrate',
  });
  client.on('error', () => undefined);
  await client.connect();
  try {
    await client.query(`set statement_timeout = 0; set lock_timeout = ${lockTimeoutMs}`);
    await client.query('select pg_advisory_lock($1)', [lockKey]);
    const applied = await readApplied(client);
    verify(migrations, applied);
    const pending = migrations.slice(applied.length);
    for (const migration of pending) await apply(client, migration);
    if (await hasAudit(client)) await ensureAppRole(client);
    return pending.map((migration) => migration.tag);
  } finally {
    // Its end also frees the lock, whatever state it is in.
    await client.end();
  }
}

export async function readMigrations(directory: string = defaultDirectory): Promise<readonly Migration[]> {
  const base = directory.endsWith('/') ? directory : `${directory}/`;
  const journal: unknown = JSON.parse(await readFile(`${base}meta/_journal.json`, 'utf8'));
  return Promise.all(
    tagsOf(journal).map(async (tag) => {
      const text = await readFile(`${base}${tag}.sql`, 'utf8');
      const statements = text
        .split('--> statement-breakpoint')
        .map((part) => part.trim())
        .filter((part) => part !== '');
      return { tag, digest: createHash('sha256').update(text).digest('hex'), statements };
    }),
  );
}

function tagsOf(journal: unknown): readonly string[] {
  const entries = typeof journal === 'object' && journal !== null && 'entries' in journal ? journal.entries : null;
  if (!Array.isArray(entries))
    throw new PerennialError('configuration', 'migrations/meta/_journal.json has no entries');
  return entries.map((entry: unknown) => {
    const tag = typeof entry === 'object' && entry !== null && 'tag' in entry ? entry.tag : null;
    if (typeof tag !== 'string' || !/^[\w-]+$/.test(tag))
      throw new PerennialError('configuration', 'migrations/meta/_journal.json has an entry without a tag');
    return tag;
  });
}

async function hasAudit(client: pg.ClientBase): Promise<boolean> {
  const { rows } = await client.query<{ has: boolean }>("select to_regclass('audit') is not null as has");
  return rows[0]?.has === true;
}

async function readApplied(client: pg.ClientBase): Promise<readonly { tag: string; digest: string }[]> {
  await client.query(
    'create table if not exists schema_migration (position integer primary key, tag text not null, digest text not ' +
      'null, applied_at timestamptz not null default now())',
  );
  const { rows } = await client.query<{ tag: string; digest: string }>(
    'select tag, digest from schema_migration order by position',
  );
  return rows;
}

/** A migration edited after it ran would leave two databases with one history and different schemas. */
export function verify(migrations: readonly Migration[], applied: readonly { tag: string; digest: string }[]): void {
  applied.forEach((row, position) => {
    const known = migrations[position];
    if (known === undefined) {
      throw new PerennialError(
        'configuration',
        `the database has migration ${row.tag}, which this program does not know`,
        {
          hint: 'Start the program version that wrote this database, or a newer one.',
        },
      );
    }
    if (known.tag !== row.tag || known.digest !== row.digest) {
      throw new PerennialError(
        'configuration',
        `migrations/${known.tag}.sql differs from what was applied to this database (${row.tag})`,
        {
          path: `migrations/${known.tag}.sql`,
          hint: 'Restore the file and put the change into a new migration.',
        },
      );
    }
  });
}

async function apply(client: pg.ClientBase, migration: Migration): Promise<void> {
  await client.query('begin');
  try {
    // Until it is over nobody writes by the schema before (known-schema.ts).
    await client.query('lock table schema_migration in access exclusive mode');
    for (const statement of migration.statements) await client.query(statement);
    await client.query(
      'insert into schema_migration (position, tag, digest) select count(*), $1, $2 from schema_migration',
      [migration.tag, migration.digest],
    );
    await client.query('commit');
  } catch (error) {
    await client.query('rollback');
    throw new PerennialError(
      'configuration',
      `migrations/${migration.tag}.sql failed: ${error instanceof Error ? error.message : String(error)}`,
      { cause: error },
    );
  }
}
