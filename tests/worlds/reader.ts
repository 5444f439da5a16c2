import { createDatabase, type Database } from '../../src/db/base/connect.ts';
import { ensureLogins } from '../../src/db/base/logins.ts';

/** A test's database as pages see it: by a login that only reads, so that what writes or reads secrets fails. */
export async function openReader(url: string): Promise<Database> {
  const reading = new URL(url);
  reading.username = `pages_${reading.pathname.slice(1)}`.slice(0, 60);
  reading.password = 'only-reads';
  const owner = createDatabase(url, { connectionsMax: 1, onIdleError: () => undefined });
  await ensureLogins(owner, { read: reading.href }).finally(() => owner.close());
  return createDatabase(reading.href, { onIdleError: () => undefined });
}
