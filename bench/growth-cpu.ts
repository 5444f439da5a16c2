import process from 'node:process';
import type { Database } from '../src/db/base/connect.ts';
import { familyCpuMsOf, parentOf } from '../src/embedded/process/processor-time.ts';

/** CPU in milliseconds. */
export interface Cpu {
  readonly nodeMs: number;
  /** Null where the system does not tell the CPU of a process (it does on Linux). */
  readonly postgresMs: number | null;
}

/** What `work` costs this process, and Postgres with all that it does meanwhile. */
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

/** Of all Postgres: a connection that is not needed for half a minute ends, and must not take its CPU with it. */
async function postgresMsOf({ pool }: Database): Promise<number | null> {
  const { rows } = await pool.query<{ pid: number }>('select pg_backend_pid() as pid');
  const parent = await parentOf(rows[0]?.pid ?? 0);
  return parent === null ? null : familyCpuMsOf(parent);
}

function rounded(ms: number): number {
  return Math.round(ms * 100) / 100;
}
