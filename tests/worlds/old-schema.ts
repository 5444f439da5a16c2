import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { createDatabase, type Database } from '../../src/db/base/connect.ts';
import { migrate } from '../../src/db/base/migrate.ts';
import { createTestDatabase } from './database.ts';

/** A database that is upgraded in a test: by the owner of its tables, from whatever release. */
export interface OldSchema {
  readonly url: string;
  readonly database: Database;
  /** Migrates as the release did whose last migration this is. */
  migrateThrough(tag: string): Promise<void>;
  close(): Promise<void>;
}

/** Begins without a schema. */
export async function createOldSchema(): Promise<OldSchema> {
  const place = await createTestDatabase();
  const database = createDatabase(place.url, { onIdleError: () => undefined });
  await database.pool.query('drop schema public cascade; create schema public');
  return {
    url: place.url,
    database,
    async migrateThrough(tag) {
      const folder = await migrationsThrough(tag);
      await migrate(database, folder).finally(() => rm(folder, { recursive: true }));
    },
    async close() {
      await database.close();
      await place.drop();
    },
  };
}

const migrationsDir = fileURLToPath(new URL('../../migrations/', import.meta.url));

/** A folder of migrations that ends with `last`, as the release of that time had it. */
async function migrationsThrough(last: string): Promise<string> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'migrations-'));
  await mkdir(path.join(folder, 'meta'));
  const journal = JSON.parse(await readFile(path.join(migrationsDir, 'meta/_journal.json'), 'utf8')) as {
    readonly entries: readonly { readonly tag: string }[];
  };
  const entries = journal.entries.slice(0, journal.entries.findIndex(({ tag }) => tag === last) + 1);
  for (const { tag } of entries)
    await copyFile(path.join(migrationsDir, `${tag}.sql`), path.join(folder, `${tag}.sql`));
  await writeFile(path.join(folder, 'meta/_journal.json'), JSON.stringify({ entries }));
  return folder;
}
