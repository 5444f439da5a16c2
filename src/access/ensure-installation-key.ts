import { holdEntityKey, readEntityKey } from '../db/base/entity-key.ts';
import type { Database } from '../db/base/connect.ts';
import { createEntityNames } from './entity-names.ts';
import { makeInstallationKey, readInstallationKey } from './installation-key.ts';

/**
 * Makes the key of an installation that has none yet, new or of an earlier release. Where the database knows of a key,
 * none is made: it would be another one. Throws `configuration` when that key's file is missing or holds another.
 */
export async function ensureInstallationKey({ db }: Pick<Database, 'db'>, file: string): Promise<void> {
  const { fingerprint } = await readEntityKey(db);
  if (fingerprint === null) await makeInstallationKey(file);
  await holdEntityKey(db, createEntityNames(readInstallationKey(file)).fingerprint);
}
