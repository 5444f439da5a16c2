import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { readConfig } from '../../src/config.ts';
import { startEngines } from '../../src/embedded/engines.ts';
import { withoutFlushing } from './without-flushing.ts';
import { createLogger } from '../../src/telemetry/logger.ts';

/**
 * Starts Postgres and Temporal once, before the first integration test, and hands them over by the environment, which
 * the forks inherit. What DATABASE_URL and TEMPORAL_ADDRESS name already is used instead.
 */
export async function setup(): Promise<() => Promise<void>> {
  const stateDir = await mkdtemp(path.join(tmpdir(), 'perennial-tests-'));
  const config = readConfig({ ...process.env, PERENNIAL_STATE_DIR: stateDir });
  const engines = await startEngines(config, {
    log: createLogger('tests', 'silent'),
    onProgress: (line) => void process.stderr.write(`${line}\n`),
  });
  // A server that somebody handed over is theirs.
  if (process.env['DATABASE_URL'] === undefined) await withoutFlushing(engines.databaseUrl);
  process.env['DATABASE_URL'] = engines.databaseUrl;
  if (engines.temporalAddress !== undefined) process.env['TEMPORAL_ADDRESS'] = engines.temporalAddress;
  return async () => {
    await engines.stop();
    await rm(stateDir, { recursive: true, force: true });
  };
}
