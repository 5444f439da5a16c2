import { randomBytes, randomUUID } from 'node:crypto';
import { chown, mkdir, readFile, readdir, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { PerennialError } from '../../domain/words/errors.ts';
import { findPostgresBinaries } from './postgres-binaries.ts';
import { choosePostgresAccount, recordHome } from './postgres-account.ts';
import { ownerOf, type PostgresAccount } from './other-user.ts';
import type { AccountOptions } from './postgres-account.ts';
import { waitForDatabase } from './postgres-ready.ts';
import { startGuarded } from '../process/guarded-process.ts';
import type { GuardedProcess } from '../process/guarded-process.ts';
import { lastLines, runCommand } from '../process/run-command.ts';
import { isAbsent } from '../../domain/words/is-absent.ts';

export interface PostgresOptions {
  readonly stateDir: string;
  readonly logFile: string;
  readonly port: number;
  readonly onProgress?: ((line: string) => void) | undefined;
  /** Gives up waiting and stops what was started. */
  readonly signal?: AbortSignal | undefined;
  /** Only for tests. */
  readonly account?: Pick<AccountOptions, 'force' | 'sharedDir'> | undefined;
}

export interface PostgresEngine {
  /** Connection string of the database `perennial`, with its password: never log it. */
  readonly url: string;
  readonly port: number;
  readonly process: GuardedProcess;
}

const databaseName = 'perennial';
const initdbLimitMs = 120_000;

// Fast shutdown; then immediate, which recovers from the write-ahead log at the next start; then the kernel.
const stopSteps = [
  { signal: 'SIGINT', waitMs: 10_000 },
  { signal: 'SIGQUIT', waitMs: 3_000 },
  { signal: 'SIGKILL', waitMs: 1_000 },
] as const;

/** Starts the embedded Postgres on loopback TCP alone, making its cluster and the database when they are not there. */
export async function startPostgres(options: PostgresOptions): Promise<PostgresEngine> {
  const nativeDir = await findPostgresBinaries();
  const account = await choosePostgresAccount({ nativeDir, stateDir: options.stateDir, ...options.account });
  await mkdir(account.homeDir, { recursive: true, mode: 0o700 });
  const password = await readOrMakePassword(
    path.join(options.stateDir, 'postgres'),
    path.join(account.homeDir, 'data'),
  );
  await makeCluster(account, password, options.onProgress);
  await recordHome(options.stateDir, account);
  const [command = '', ...prefixArgs] = [...account.prefix, path.join(account.nativeDir, 'bin', 'postgres')];
  const engine = await startGuarded({
    name: 'postgres',
    command,
    args: [...prefixArgs, '-D', path.join(account.homeDir, 'data'), ...serverFlags(options.port)],
    cwd: '/',
    env: engineEnv(),
    logFile: options.logFile,
    stateDir: options.stateDir,
    uid: account.uid,
    gid: account.gid,
    stopSteps,
  });
  const url = urlOf(password, options.port);
  try {
    await waitForDatabase({
      url,
      databaseName,
      engine,
      logFile: options.logFile,
      onProgress: options.onProgress,
      signal: options.signal,
    });
  } catch (error) {
    await engine.stop();
    throw error;
  }
  return { url, port: options.port, process: engine };
}

/**
 * The connection string of an embedded Postgres that another process of this user runs on `port`; null when this user
 * cannot read its password. Holds that password: never log it.
 */
export async function runningDatabaseUrl(stateDir: string, port: number): Promise<string | null> {
  const password = await readFile(passwordFileOf(path.join(stateDir, 'postgres')), 'utf8').catch(() => '');
  return password.trim() === '' ? null : urlOf(password.trim(), port);
}

function urlOf(password: string, port: number): string {
  return `postgresql://perennial:${password}@127.0.0.1:${port}/${databaseName}?sslmode=disable`;
}

const passwordFileOf = (folder: string): string => path.join(folder, 'password');

function serverFlags(port: number): string[] {
  const settings = {
    port,
    listen_addresses: '127.0.0.1',
    // A socket in the system's temporary folder would be shared by all users.
    unix_socket_directories: '',
    max_connections: 200,
    timezone: 'UTC',
    log_timezone: 'UTC',
    lc_messages: 'C',
    // Containers give 64 MiB of shared memory; a parallel query may ask for more and fail.
    max_parallel_workers_per_gather: 0,
    log_checkpoints: 'off',
  };
  return Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
}

/** Nothing of the caller's PG* variables or locale may reach the server. */
function engineEnv(): Record<string, string> {
  return { PATH: process.env['PATH'] ?? '/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' };
}

async function readOrMakePassword(folder: string, dataDir: string): Promise<string> {
  const file = passwordFileOf(folder);
  const found = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (isAbsent(error)) return undefined;
    throw new PerennialError('configuration', `${file} cannot be read: ${error.message}.`, { path: file });
  });
  if (found !== undefined && found.trim() !== '') return found.trim();
  if ((await ownerOf(dataDir)) !== null) {
    throw new PerennialError('configuration', `${file} is missing, so the database beside it cannot be opened.`, {
      path: file,
      hint: 'Restore the file, or move the state folder away to begin anew.',
    });
  }
  const password = randomBytes(24).toString('hex');
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await writeFile(`${file}.new`, `${password}\n`, { mode: 0o600, flush: true });
  await rename(`${file}.new`, file);
  return password;
}

/** Runs initdb into a draft that is renamed when complete: one that was interrupted leaves nothing half-made. */
async function makeCluster(
  account: PostgresAccount,
  password: string,
  onProgress: ((line: string) => void) | undefined,
): Promise<void> {
  const dataDir = path.join(account.homeDir, 'data');
  for (const name of await readdir(account.homeDir)) {
    if (name.startsWith('draft-')) await rm(path.join(account.homeDir, name), { recursive: true, force: true });
  }
  if ((await ownerOf(path.join(dataDir, 'PG_VERSION'))) !== null) return;
  onProgress?.('making the database cluster');
  const draft = path.join(account.homeDir, `draft-${randomUUID()}`);
  const passwordFile = `${draft}.password`;
  await writeFile(passwordFile, `${password}\n`, { mode: 0o600 });
  if (account.uid !== undefined && account.gid !== undefined) await chown(passwordFile, account.uid, account.gid);
  const [command = '', ...args] = [
    ...account.prefix,
    path.join(account.nativeDir, 'bin', 'initdb'),
    `--pgdata=${draft}`,
    // Without these, an unset LANG makes an SQL_ASCII cluster, and sorting would follow the machine.
    '--encoding=UTF8',
    '--locale-provider=builtin',
    '--builtin-locale=C.UTF-8',
    '--locale=C',
    '--auth=scram-sha-256',
    '--username=perennial',
    `--pwfile=${passwordFile}`,
  ];
  const result = await runCommand(command, args, {
    limitMs: initdbLimitMs,
    cwd: '/',
    env: engineEnv(),
    uid: account.uid,
    gid: account.gid,
  });
  await rm(passwordFile, { force: true });
  if (result.code !== 0) {
    const reason = result.hasTimedOut ? `it took longer than ${initdbLimitMs / 1_000} s` : lastLines(result.output);
    throw new PerennialError(
      'unavailable',
      `The database cluster could not be made in ${account.homeDir}: ${reason}.`,
      { path: account.homeDir },
    );
  }
  await rename(draft, dataDir);
}
