import { appendFile, chmod, cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import pg from 'pg';
import { startPostgres, type PostgresEngine } from '../../src/embedded/postgres/postgres.ts';
import { anyPort } from './any-port.ts';
import { openDatabaseGate } from './database-gate.ts';
import { until } from './wait.ts';

/** A Postgres that streams to a standby, behind an address that stays when the standby takes over. */
export interface ReplicatedPostgres {
  /** The database, by way of that address. */
  readonly url: string;
  /** Resolves when the standby has all that the primary has by now. */
  caughtUp(): Promise<void>;
  /** From now on the standby gets nothing. */
  cutOff(): Promise<void>;
  /** Kills the primary, promotes the standby, and leads the address to it. */
  failOver(): Promise<void>;
  close(): Promise<void>;
}

export async function startReplicatedPostgres(): Promise<ReplicatedPostgres> {
  const folder = await mkdtemp(path.join(tmpdir(), 'perennial-standby-'));
  // Where Postgres runs as another user, that user must come to its data.
  await chmod(folder, 0o755);
  const primary = await startIn(path.join(folder, 'primary'));
  const asked = await clientOf(primary);
  const standbyDir = path.join(folder, 'standby');
  await copyRunning(asked, standbyDir);
  const standby = await startIn(standbyDir);
  const copy = await clientOf(standby);
  const gate = await openDatabaseGate(primary.url);
  return {
    url: gate.url,
    async caughtUp() {
      const [row] = (await asked.query<{ lsn: string }>('select pg_current_wal_lsn() as lsn')).rows;
      await until('the standby has caught up', async () => {
        const { rows } = await copy.query('select 1 where pg_last_wal_replay_lsn() >= $1::pg_lsn', [row?.lsn]);
        return rows.length > 0;
      });
    },
    async cutOff() {
      await copy.query(`alter system set primary_conninfo = ''`);
      await copy.query('select pg_reload_conf()');
      await until(
        'nothing is streamed',
        async () => (await copy.query('select from pg_stat_wal_receiver')).rowCount === 0,
      );
    },
    async failOver() {
      process.kill(primary.process.pid, 'SIGKILL');
      await primary.process.exited;
      gate.shut();
      await copy.query('select pg_promote(true, 60)');
      gate.open(standby.url);
    },
    async close() {
      await Promise.all([asked.end(), copy.end()].map((ended) => ended.catch(() => undefined)));
      await gate.close();
      await Promise.all([primary.process.stop(), standby.process.stop()]);
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function startIn(stateDir: string): Promise<PostgresEngine> {
  await mkdir(stateDir, { recursive: true });
  return startPostgres({ stateDir, logFile: path.join(stateDir, 'postgres.log'), port: await anyPort() });
}

async function clientOf({ url }: PostgresEngine): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 10_000 });
  // The primary goes away while it is connected.
  client.on('error', () => undefined);
  await client.connect();
  return client;
}

/** A base backup by the "Low Level API" of the manual, and a standby of it. */
async function copyRunning(asked: pg.Client, standbyDir: string): Promise<void> {
  const { host, port, user, password } = asked;
  const [place] = (await asked.query<{ data_directory: string }>('show data_directory')).rows;
  const data = path.join(standbyDir, 'postgres', 'data');
  const from = place?.data_directory ?? '';
  await asked.query(`select pg_backup_start('standby', true)`);
  await cp(from, data, { recursive: true, filter: (file) => path.basename(file) !== 'postmaster.pid' });
  const [label] = (await asked.query<{ labelfile: string }>('select labelfile from pg_backup_stop(false)')).rows;
  await writeFile(path.join(data, 'backup_label'), label?.labelfile ?? '');
  await writeFile(path.join(data, 'standby.signal'), '');
  await appendFile(
    path.join(data, 'postgresql.auto.conf'),
    `primary_conninfo = 'host=${host} port=${port} user=${user ?? ''} password=${String(password)} sslmode=disable'\n`,
  );
  await cp(path.join(path.dirname(from), 'password'), path.join(standbyDir, 'postgres', 'password'));
}
