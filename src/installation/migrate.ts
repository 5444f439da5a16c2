import { setTimeout as sleep } from 'node:timers/promises';
import { createDatabase, isDatabaseAway } from '../db/base/connect.ts';
import { ensureLogins } from '../db/base/logins.ts';
import { migrate } from '../db/base/migrate.ts';
import { findDatabaseUrl } from './database-url.ts';
import type { Call } from '../cli/line/verb.ts';

/** A database that starts beside us is there within seconds; one that is not by now needs a person. */
const waitMsMax = 60_000;
const pauseMs = 1_000;

export async function runMigrate({ config, out }: Call): Promise<void> {
  const database = createDatabase(await findDatabaseUrl(config), {
    applicationName: 'perennial-migrate',
    connectionsMax: 2,
    onIdleError: () => undefined,
  });
  try {
    const applied = await whenThere(
      () => migrate(database),
      (reason) => out.line(`waiting for the database: ${reason}`),
    );
    // Only an owner's login beside the others makes them: with one login for everything there is nothing to make.
    const logins =
      config.ownerDatabaseUrl === undefined
        ? []
        : await ensureLogins(database, { app: config.databaseUrl, read: config.readDatabaseUrl });
    out.line(applied.length === 0 ? 'The database has the newest schema.' : `Applied ${applied.join(', ')}.`);
    if (logins.length > 0) out.line(`The logins ${logins.join(' and ')} have their rights.`);
    out.json({ applied, logins });
  } finally {
    await database.close();
  }
}

/** Tries again while the database cannot be reached, and says so once. */
async function whenThere<T>(work: () => Promise<T>, tell: (reason: string) => void): Promise<T> {
  const deadlineMs = Date.now() + waitMsMax;
  let isTold = false;
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (!isDatabaseAway(error) || Date.now() > deadlineMs) throw error;
      if (!isTold) tell(error instanceof Error ? error.message : String(error));
      isTold = true;
      await sleep(pauseMs);
    }
  }
}
