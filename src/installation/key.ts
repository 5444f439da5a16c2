import { createEntityNames } from '../access/entity-names.ts';
import { makeInstallationKey, readInstallationKey } from '../access/installation-key.ts';
import type { Call } from '../cli/line/verb.ts';
import { appendAudit } from '../db/audit/audit.ts';
import { replaceEntityKey } from '../db/base/entity-key.ts';
import { createDatabase, withTransaction } from '../db/base/connect.ts';
import { PerennialError } from '../domain/words/errors.ts';
import { findDatabaseUrl } from './database-url.ts';

/** Needs no database: a key comes before the processes that need it. */
export async function runKeyMake({ config, out }: Call): Promise<void> {
  const file = config.installationKeyFile;
  if (!(await makeInstallationKey(file)))
    throw new PerennialError('conflict', `There is an installation key already: ${file}.`, {
      path: file,
      hint: 'It stays as it is. Another key finds nothing of what was stored under this one.',
    });
  out.line(`Made ${file}, for its owner alone. Keep a copy apart from the back-ups: it is in none of them.`);
  out.json({ file });
}

/** For a key that is lost for good: from now on entities are hashed under the one in the file. */
export async function runKeyReplace({ config, out, text }: Call): Promise<void> {
  const reason = text('reason');
  if (reason === null || reason.trim() === '')
    throw new PerennialError('invalid_request', '`perennial key replace` needs --reason.', { path: '--reason' });
  const { fingerprint } = createEntityNames(readInstallationKey(config.installationKeyFile));
  const database = createDatabase(await findDatabaseUrl(config), {
    applicationName: 'perennial-key',
    connectionsMax: 1,
    onIdleError: () => undefined,
  });
  try {
    const isOther = await withTransaction(database, async (tx) => {
      const before = await replaceEntityKey(tx, fingerprint);
      if (before === fingerprint) return false;
      await appendAudit(tx, {
        type: 'perennial.installation.key-replaced',
        model: null,
        subject: { of: 'model', model: '*' },
        actor: 'operator of the database',
        reason,
        data: { before, after: fingerprint },
      });
      return true;
    });
    out.line(
      isOther
        ? 'Entities are hashed under this key from now on. What was stored under the earlier one is found by id alone.'
        : 'Entities are hashed under this key already.',
    );
    out.json({ isReplaced: isOther });
  } finally {
    await database.close();
  }
}
