import { createHash } from 'node:crypto';
import { chown, cp, mkdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { userInfo } from 'node:os';
import path from 'node:path';
import { PerennialError } from '../../domain/words/errors.ts';
import { lastLines, runCommand } from '../process/run-command.ts';

/** How Postgres runs: it refuses to run as root. */
export interface PostgresAccount {
  readonly kind: 'self' | 'namespace' | 'other-user';
  /** Words put before the command. */
  readonly prefix: readonly string[];
  readonly uid?: number | undefined;
  readonly gid?: number | undefined;
  readonly nativeDir: string;
  /** Folder that holds `data`. */
  readonly homeDir: string;
}

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
 * where the kernel refuses that (many containers), as `postgres` or `nobody` from a copy that these may read.
 */
export async function choosePostgresAccount(options: AccountOptions): Promise<PostgresAccount> {
  const { nativeDir, stateDir } = options;
  const homeDir = path.join(stateDir, 'postgres');
  if (process.getuid?.() !== 0 && options.force === undefined) {
    if (hasAccount()) return { kind: 'self', prefix: [], nativeDir, homeDir };
    return withoutAccount(nativeDir, homeDir);
  }
  const owner = await stat(path.join(homeDir, 'data')).catch(() => undefined);
  if (owner !== undefined && owner.uid !== 0) {
    // Made by an ordinary user, now started by root: only its owner may run it.
    return { kind: 'other-user', prefix: [], uid: owner.uid, gid: owner.gid, nativeDir, homeDir };
  }
  const sharedDir = options.sharedDir ?? '/var/lib/perennial';
  // Once made by another user, the data stays there, also when a namespace would work now.
  const mustBeOther =
    options.force === 'other-user' || (await exists(path.join(sharedDir, `state-${digest(stateDir)}`, 'data')));
  const reasons: string[] = [];
  if (!mustBeOther) {
    const initdb = path.join(nativeDir, 'bin', 'initdb');
    const result = await runCommand('unshare', ['--user', initdb, '--version'], { limitMs: 10_000 });
    if (result.code === 0) return { kind: 'namespace', prefix: ['unshare', '--user'], nativeDir, homeDir };
    reasons.push(`a user namespace: ${lastLines(result.output, 1)}`);
  }
  for (const name of ['postgres', 'nobody']) {
    const account = await asOtherUser(name, nativeDir, stateDir, sharedDir).catch((error: unknown) => String(error));
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

/**
 * Some containers run under a user id that has no line in /etc/passwd, and Postgres wants to know its own name. In a
 * user namespace of its own it is `nobody`, whose name is known.
 */
async function withoutAccount(nativeDir: string, homeDir: string): Promise<PostgresAccount> {
  const initdb = path.join(nativeDir, 'bin', 'initdb');
  const result = await runCommand('unshare', ['--user', initdb, '--version'], { limitMs: 10_000 });
  if (result.code === 0) return { kind: 'namespace', prefix: ['unshare', '--user'], nativeDir, homeDir };
  throw new PerennialError(
    'unavailable',
    `Postgres needs a user that has a name, user id ${process.getuid?.()} has none, and a user namespace cannot be ` +
      `made here (${lastLines(result.output, 1)}).`,
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

async function asOtherUser(
  name: string,
  nativeDir: string,
  stateDir: string,
  sharedDir: string,
): Promise<PostgresAccount> {
  const [uid, gid] = await Promise.all([idOf('-u', name), idOf('-g', name)]);
  const version = await readFile(path.join(nativeDir, '..', 'package.json'), 'utf8');
  const copy = path.join(sharedDir, `postgres-${digest(nativeDir + version)}`);
  await mkdir(sharedDir, { recursive: true, mode: 0o755 });
  if (!(await exists(copy))) {
    const draft = `${copy}.${process.pid}`;
    await cp(nativeDir, draft, { recursive: true, verbatimSymlinks: true });
    // Another start may have been first: then its copy is as good.
    await rename(draft, copy).catch(() => rm(draft, { recursive: true, force: true }));
  }
  const probe = await runCommand(path.join(copy, 'bin', 'initdb'), ['--version'], {
    limitMs: 10_000,
    cwd: '/',
    uid,
    gid,
  });
  if (probe.code !== 0) throw new Error(lastLines(probe.output, 1));
  const homeDir = path.join(sharedDir, `state-${digest(stateDir)}`);
  await mkdir(homeDir, { recursive: true, mode: 0o700 });
  await chown(homeDir, uid, gid);
  return { kind: 'other-user', prefix: [], uid, gid, nativeDir: copy, homeDir };
}

async function idOf(flag: string, name: string): Promise<number> {
  const result = await runCommand('id', [flag, name], { limitMs: 5_000 });
  const id = Number(result.output.trim());
  if (result.code !== 0 || !Number.isInteger(id) || id === 0) throw new Error('there is no such user');
  return id;
}

const exists = (file: string) =>
  stat(file).then(
    () => true,
    () => false,
  );
const digest = (value: string) => createHash('sha256').update(value).digest('hex').slice(0, 12);
