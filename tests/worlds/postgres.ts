import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { readConfig } from '../../src/config.ts';
import { startPostgres } from '../../src/embedded/postgres/postgres.ts';
import { withoutFlushing } from './without-flushing.ts';
import { withFreePorts } from '../../src/embedded/process/with-free-ports.ts';

/**
 * Starts Postgres alone, before the first database test, and hands it over by the environment, which the forks inherit.
 * What DATABASE_URL names already is used instead.
 */
export async function setup(): Promise<() => Promise<void>> {
  if (process.env['DATABASE_URL'] !== undefined) return () => Promise.resolve();
  const stateDir = await mkdtemp(path.join(tmpdir(), 'perennial-postgres-'));
  const config = readConfig({ ...process.env, PERENNIAL_STATE_DIR: stateDir });
  // Another checkout may test at the same time, and take the port between the search and the start.
  const postgres = await withFreePorts([config.postgresPort], ([port = 0]) =>
    startPostgres({ stateDir, logFile: path.join(stateDir, 'postgres.log'), port }),
  );
  await withoutFlushing(postgres.url);
  process.env['DATABASE_URL'] = postgres.url;
  return async () => {
    delete process.env['DATABASE_URL'];
    await postgres.process.stop();
    await rm(stateDir, { recursive: true, force: true });
  };
}
