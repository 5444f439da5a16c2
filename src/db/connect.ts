import { drizzle, type NodePgDatabase } from 'drizzle-orm/node-postgres';
import pg from 'pg';
import * as schema from './schema.ts';

/** Drizzle over a pool or over one client inside a transaction: every query of this room takes this type. */
export type Db = NodePgDatabase<typeof schema>;

export interface Database {
  readonly db: Db;
  readonly pool: pg.Pool;
  readonly url: string;
  close(): Promise<void>;
}

export interface DatabaseOptions {
  readonly connectionsMax?: number;
  readonly statementTimeoutMs?: number;
  /** Shown in pg_stat_activity. */
  readonly applicationName?: string;
  /** Idle connections break when the server restarts; the pool replaces them, this only tells. */
  readonly onIdleError?: (error: Error) => void;
}

/** Opens no connection yet. Every wait is bounded: connecting (5 s), a statement (30 s), an idle transaction (60 s). */
export function createDatabase(url: string, options: DatabaseOptions = {}): Database {
  const pool = new pg.Pool({
    connectionString: url,
    max: options.connectionsMax ?? 10,
    connectionTimeoutMillis: 5_000,
    idleTimeoutMillis: 30_000,
    statement_timeout: options.statementTimeoutMs ?? 30_000,
    idle_in_transaction_session_timeout: 60_000,
    keepAlive: true,
    application_name: options.applicationName ?? 'perennial',
  });
  // Without a listener an idle connection that breaks ends the process.
  pool.on('error', (error) => options.onIdleError?.(error));
  let closing: Promise<void> | null = null;
  return { db: drizzle(pool, { schema }), pool, url, close: () => (closing ??= pool.end()) };
}

/**
 * Runs `work` in one READ COMMITTED transaction on one connection; `client` is the same connection for COPY and the
 * like. Commits when it resolves, rolls back and rethrows when it rejects. A connection whose end is unknown is dropped.
 */
export async function withTransaction<T>(database: Pick<Database, 'pool'>, work: (tx: Db, client: pg.PoolClient) => Promise<T>): Promise<T> {
  const client = await database.pool.connect();
  let broken: Error | undefined;
  const onError = (error: Error): void => {
    broken = error;
  };
  client.on('error', onError);
  try {
    await client.query('begin');
    const result = await work(drizzle(client, { schema }), client);
    await client.query('commit');
    return result;
  } catch (error) {
    await client.query('rollback').catch((cause: unknown) => {
      broken ??= cause instanceof Error ? cause : new Error(String(cause));
    });
    throw error;
  } finally {
    client.off('error', onError);
    client.release(broken);
  }
}

/** Connection failures and shutdowns: worth a retry of the whole transaction. */
export function isDatabaseAway(error: unknown): boolean {
  for (let at: unknown = error, depth = 0; at instanceof Error && depth < 5; at = at.cause, depth++) {
    const code = 'code' in at && typeof at.code === 'string' ? at.code : '';
    if (/^(08|57P|53|40)/.test(code)) return true;
    if (/^(ECONN|EPIPE|ENOTFOUND|EAI_AGAIN|ETIMEDOUT|EHOST)/.test(code)) return true;
    if (/terminat|timeout exceeded when trying to connect|Connection ended|not queryable/i.test(at.message)) return true;
    if (at instanceof AggregateError && at.errors.some(isDatabaseAway)) return true;
  }
  return false;
}
