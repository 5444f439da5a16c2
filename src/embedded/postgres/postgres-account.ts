import { readFile, rename, writeFile } from 'node:fs/promises';
import { userInfo } from 'node:os';
import path from 'node:path';
import { PerennialError } from '../../domain/words/errors.ts';
import { reasonOf } from '../../domain/words/reason-of.ts';
import { nullWhereAbsent } from '../process/null-where-absent.ts';
import { lastLines, runCommand } from '../process/run-command.ts';
import { asOtherUser, digest, idsOf, ownerOf, probeLimitMs, type PostgresAccount } from './other-user.ts';

export interface AccountOptions {
  readonly nativeDir: string;
  readonly stateDir: string;
  /** Only for tests: skips the choice. */
  readonly force?: PostgresAccount['kind'] | undefined;
  /** Where another user's files go, for `other-user`; must be a folder that everybody may enter. */
  readonly sharedDir?: string | undefined;
}

/**
 * Chooses how to run Postgres. As an ordinary user: directly. As root: in a user namespace of its own, where root's
 * files stay readable although the process is not root, so that it also works in a folder that only root may enter;
 * where the kernel refuses that (many containers), as `postgres` or `nobody` from a copy that these may read. A
 * database that is there decides: what fails for a moment on a busy machine must not begin an empty one elsewhere.
 */
export async function choosePostgresAccount(options: AccountOptions): Promise<PostgresAccount> {
  const { nativeDir, stateDir } = options;
  const homeDir = path.join(stateDir, 'postgres');
  if (process.getuid?.() !== 0 && options.force === undefined) {
    if (hasAccount()) return { kind: 'self', prefix: [], nativeDir, homeDir };
    return withoutAccount(nativeDir, homeDir);
  }
  const sharedDir = options.sharedDir ?? '/var/lib/perennial';
  const sharedHome = (await recordedHome(homeDir)) ?? path.join(sharedDir, `state-${digest(stateDir)}`);
  const own = await ownerOf(path.join(homeDir, 'data'));
  const shared = await ownerOf(path.join(sharedHome, 'data'));
  if (own !== null && shared !== null) throw twoDatabases(homeDir, sharedHome);
  // Made by an ordinary user, now started by root: only its owner may run it.
  if (own !== null && own.uid !== 0) return { kind: 'other-user', prefix: [], ...own, nativeDir, homeDir };
  if (shared !== null) {
    return asOtherUser(shared, { nativeDir, sharedDir, homeDir: sharedHome }).catch((cause: unknown) => {
      const who = `user id ${shared.uid}, which does not work now (${reasonOf(cause)})`;
      throw notNow(sharedHome, who, `Try again where user id ${shared.uid} may run programs, or set DATABASE_URL.`);
    });
  }
  const reasons: string[] = [];
  if (options.force !== 'other-user') {
    const refusal = await namespaceRefusal(nativeDir);
    if (refusal === null) return { kind: 'namespace', prefix: ['unshare', '--user'], nativeDir, homeDir };
    if (own !== null) {
      const where = `root of a user namespace, which cannot be made now (${refusal})`;
      throw notNow(homeDir, where, 'Try again where `unshare --user true` works, or set DATABASE_URL.');
    }
    reasons.push(`a user namespace: ${refusal}`);
  }
  for (const name of ['postgres', 'nobody']) {
    const account = await idsOf(name)
      .then((ids) => asOtherUser(ids, { nativeDir, sharedDir, homeDir: sharedHome }))
      .catch((error: unknown) => String(error));
    if (typeof account !== 'string') return account;
    reasons.push(`user ${name}: ${account}`);
  }
  throw new PerennialError(
    'unavailable',
    `Postgres refuses to run as root, and no other way worked (${reasons.join('; ')}).`,
    {
      hint: 'Run as an ordinary user, or set DATABASE_URL.',
    },
  );
}

/** In the state folder, where the database of another user is: it stays so when the folder is moved. */
const recordName = 'elsewhere';

async function recordedHome(homeDir: string): Promise<string | null> {
  const text = await readFile(path.join(homeDir, recordName), 'utf8').catch(nullWhereAbsent);
  return text === null || text.trim() === '' ? null : text.trim();
}

/** Remembers where the database is, once it is there. */
export async function recordHome(stateDir: string, { homeDir }: PostgresAccount): Promise<void> {
  const own = path.join(stateDir, 'postgres');
  if (homeDir === own || (await recordedHome(own)) === homeDir) return;
  const file = path.join(own, recordName);
  // Half a name would lead to an empty database.
  await writeFile(`${file}.new`, `${homeDir}\n`, { mode: 0o600, flush: true });
  await rename(`${file}.new`, file);
}

function notNow(homeDir: string, how: string, hint: string): PerennialError {
  return new PerennialError('unavailable', `The database in ${homeDir} runs as ${how}.`, { path: homeDir, hint });
}

/** Which of them has the history cannot be told, and an answer from the wrong one would look like a loss. */
function twoDatabases(homeDir: string, sharedHome: string): PerennialError {
  return new PerennialError(
    'configuration',
    `There are two databases of this state folder, in ${homeDir} and in ${sharedHome}.`,
    { path: homeDir, hint: 'Keep the one that has your models, and move the other one away.' },
  );
}

/** Why Postgres cannot run in a user namespace of its own here; null when it can. */
async function namespaceRefusal(nativeDir: string): Promise<string | null> {
  const initdb = path.join(nativeDir, 'bin', 'initdb');
  const result = await runCommand('unshare', ['--user', initdb, '--version'], { limitMs: probeLimitMs });
  if (result.code === 0) return null;
  return result.hasTimedOut ? `no answer within ${probeLimitMs / 1_000} s` : lastLines(result.output, 1);
}

/**
 * Some containers run under a user id that has no line in /etc/passwd, and Postgres wants to know its own name. In a
 * user namespace of its own it is `nobody`, whose name is known.
 */
async function withoutAccount(nativeDir: string, homeDir: string): Promise<PostgresAccount> {
  const refusal = await namespaceRefusal(nativeDir);
  if (refusal === null) return { kind: 'namespace', prefix: ['unshare', '--user'], nativeDir, homeDir };
  throw new PerennialError(
    'unavailable',
    `Postgres needs a user that has a name, user id ${process.getuid?.()} has none, and a user namespace cannot be ` +
      `made here (${refusal}).`,
    {
      hint: 'Add the id to /etc/passwd, run as a user that is there, or set DATABASE_URL.',
    },
  );
}

/** False for a user id without a line in /etc/passwd. */
function hasAccount(): boolean {
  try {
    userInfo();
    return true;
  } catch {
    return false;
  }
}
