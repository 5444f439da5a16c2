import { createEntityNames } from '../access/entity-names.ts';
import { readInstallationKey } from '../access/installation-key.ts';
import type { Database } from '../db/base/connect.ts';
import { readEntityKey, shortFingerprint } from '../db/base/entity-key.ts';
import { isPerennialError } from '../domain/words/errors.ts';

/**
 * What to do about the key under which the entities of a restored installation are hashed: a back-up that held it
 * would tell whoever steals it whom the rows are about.
 */
export async function sayKeyOfRestored({ db }: Pick<Database, 'db'>, file: string): Promise<string> {
  const { fingerprint } = await readEntityKey(db);
  if (fingerprint === null) return 'The back-up is of a release before entities were hashed under an installation key.';
  if (fingerprintIn(file) === fingerprint) return `Its entities are hashed under the installation key in ${file}.`;
  return (
    `The installation key is in no back-up: put that of this installation (${shortFingerprint(fingerprint)}) at ` +
    `${file} before anything starts, or, if it is lost for good, take another by \`perennial key replace\`.`
  );
}

function fingerprintIn(file: string): string | null {
  try {
    return createEntityNames(readInstallationKey(file)).fingerprint;
  } catch (error) {
    if (isPerennialError(error)) return null;
    throw error;
  }
}
