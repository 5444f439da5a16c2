import process from 'node:process';
import type { Database } from '../src/db/base/connect.ts';
import { cpuMsOf } from './processor-time.ts';

/** CPU in milliseconds. */
export interface Cpu {
  readonly nodeMs: number;
  /** Null where the system does not tell the CPU of a process (it does on Linux). */
  readonly postgresMs: number | null;
}

/** What `work` costs this process and the processes of Postgres that serve it. */
export async function cpuOf(database: Database, work: () => Promise<unknown>): Promise<Cpu> {
  const postgresBefore = await postgresMsOf(database);
  const before = process.cpuUsage();
  await work();
  const used = process.cpuUsage(before);
  const postgresAfter = await postgresMsOf(database);
  return {
    nodeMs: rounded((used.user + used.system) / 1_000),
    postgresMs: postgresBefore === null || postgresAfter === null ? null : rounded(postgresAfter - postgresBefore),
  };
}

/** The connections of this database: they stay open, so none takes its CPU with it. */
async function postgresMsOf({ pool }: Database): Promise<number | null> {
  const { rows } = await pool.query<{ pid: number }>(
    'select pid from pg_stat_activity where datname = current_database()',
  );
  let ms = 0;
  for (const { pid } of rows) {
    // oxlint-disable-next-line no-await-in-loop -- ten small files
    const own = await cpuMsOf(pid).catch(() => null);
    if (own === null) return null;
    ms += own;
  }
  return ms;
}

function rounded(ms: number): number {
  return Math.round(ms * 100) / 100;
}
