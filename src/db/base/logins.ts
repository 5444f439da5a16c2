import { createHash, createHmac, pbkdf2Sync, randomBytes } from 'node:crypto';
import pg from 'pg';
import { PerennialError } from '../../domain/words/errors.ts';
import { appRole, readRole } from './app-role.ts';
import type { Database } from './connect.ts';

type Queryable = Pick<pg.ClientBase, 'query'>;

/** The connection strings of the processes beside the owner's; absent where they use the owner's. */
export interface LoginUrls {
  /** Of control, workers and inference: everything on the tables, and no ownership. */
  readonly app?: string | undefined;
  /** Of pages: reads, and no secrets. */
  readonly read?: string | undefined;
}

const scramIterations = 4_096;

/**
 * Makes the logins that these strings name, with these passwords, or gives those that are there their rights again; to
 * be called by the owner after the migrations. Safe to run again, also with new passwords. Throws `configuration` where
 * the owner may not make them.
 */
export async function ensureLogins(owner: Pick<Database, 'pool'>, urls: LoginUrls): Promise<readonly string[]> {
  const client = await owner.pool.connect();
  try {
    return await ensureWith(client, urls);
  } finally {
    client.release();
  }
}

async function ensureWith(client: Queryable, urls: LoginUrls): Promise<readonly string[]> {
  const owner = (await client.query<{ name: string }>('select current_user as name')).rows[0]?.name;
  const made: string[] = [];
  for (const [url, role] of [
    [urls.app, appRole],
    [urls.read, readRole],
  ] as const) {
    const login = url === undefined ? null : loginOf(url);
    if (login === null || login.name === owner) continue;
    // oxlint-disable-next-line no-await-in-loop -- two logins, in one order
    await ensureLogin(client, login, role);
    made.push(login.name);
  }
  return made;
}

interface Login {
  readonly name: string;
  /** Empty where the server knows the login by other means. */
  readonly password: string;
}

function loginOf(url: string): Login {
  const { username, password } = new URL(url);
  return { name: decodeURIComponent(username), password: decodeURIComponent(password) };
}

async function ensureLogin(client: Queryable, { name, password }: Login, role: string): Promise<void> {
  const quoted = pg.escapeIdentifier(name);
  const { rows } = await client.query<{ db: string; found: boolean }>(
    'select current_database() as db, exists (select 1 from pg_roles where rolname = $1) as found',
    [name],
  );
  const secret = password === '' ? '' : ` password ${pg.escapeLiteral(scramVerifier(password))}`;
  try {
    if (rows[0]?.found !== true) await client.query(`create role ${quoted} login`);
    if (secret !== '') await client.query(`alter role ${quoted} login${secret}`);
    await client.query(`grant connect on database ${pg.escapeIdentifier(rows[0]?.db ?? '')} to ${quoted}`);
    await client.query(`grant ${role} to ${quoted}`);
    if (role === readRole) await client.query(`alter role ${quoted} set default_transaction_read_only = on`);
  } catch (cause) {
    if (!(cause instanceof Error && 'code' in cause && cause.code === '42501')) throw cause;
    throw new PerennialError('configuration', `The owner of the database may not make the login "${name}".`, {
      path: 'PERENNIAL_OWNER_DATABASE_URL',
      hint: `Have an administrator make it, and grant it ${role} (docs/operations.md, "Logins").`,
    });
  }
}

/**
 * What Postgres stores of a password (SCRAM-SHA-256, RFC 5802), made here: the password itself never stands in a
 * statement, which a server may write into its log.
 */
function scramVerifier(password: string): string {
  const salt = randomBytes(16);
  const salted = pbkdf2Sync(password.normalize('NFKC'), salt, scramIterations, 32, 'sha256');
  const keyOf = (word: string): Buffer => createHmac('sha256', salted).update(word).digest();
  const stored = createHash('sha256').update(keyOf('Client Key')).digest('base64');
  const server = keyOf('Server Key').toString('base64');
  return `SCRAM-SHA-256$${scramIterations}:${salt.toString('base64')}$${stored}:${server}`;
}
