import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { PerennialError } from '../../domain/words/errors.ts';
import type { GuardedProcess } from '../process/guarded-process.ts';
import { lastLines } from '../process/run-command.ts';

export interface ReadyOptions {
  readonly url: string;
  readonly databaseName: string;
  readonly engine: GuardedProcess;
  readonly logFile: string;
  readonly onProgress?: ((line: string) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

// Recovery after a crash reads the write-ahead log since the last checkpoint: seconds, on a slow disk a minute.
const readyLimitMs = 120_000;

/**
 * Waits until the server answers with our password (so it is ours and not another one on this port), and creates the
 * database when it is missing. Fails at once when the process has ended, with the end of its log.
 */
export async function waitForDatabase(options: ReadyOptions): Promise<void> {
  const start = performance.now();
  let reason = '';
  let toldAt = start;
  while (performance.now() - start < readyLimitMs) {
    if (options.signal?.aborted === true) throw await refusal(options, 'it was stopped');
    if (options.engine.hasExited()) throw await refusal(options, 'it ended');
    try {
      await createDatabaseIfMissing(options);
      return;
    } catch (error) {
      reason = error instanceof Error ? error.message : String(error);
    }
    if (performance.now() - toldAt > 2_000) {
      toldAt = performance.now();
      options.onProgress?.(`waiting for Postgres, ${Math.round((toldAt - start) / 1_000)} s: ${reason}`);
    }
    await sleep(25);
  }
  throw await refusal(options, `not ready after ${readyLimitMs / 1_000} s, ${reason}`);
}

async function createDatabaseIfMissing({ url, databaseName }: ReadyOptions): Promise<void> {
  const target = new URL(url);
  target.pathname = '/postgres';
  const client = new pg.Client({
    connectionString: target.href,
    connectionTimeoutMillis: 5_000,
    query_timeout: 30_000,
  });
  // A server that goes away while we speak to it is reported by the query: without a listener it would end the process.
  client.on('error', () => {});
  try {
    await client.connect();
    const found = await client.query('select 1 from pg_database where datname = $1', [databaseName]);
    if (found.rowCount === 0) await client.query(`create database ${pg.escapeIdentifier(databaseName)}`);
  } finally {
    await client.end().catch(() => {});
  }
}

async function refusal({ logFile }: ReadyOptions, reason: string): Promise<PerennialError> {
  const log = await readFile(logFile, 'utf8').catch(() => '');
  return new PerennialError(
    'unavailable',
    `Embedded Postgres did not start: ${reason}. Its log ${logFile} ends: ${lastLines(log)}`,
    { path: logFile },
  );
}
