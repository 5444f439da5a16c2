import { drizzle, type NodePgDatabase } from 'drizzle-orm/node-postgres';
import pg from 'pg';
import { becomeApp } from './app-role.ts';

/** Drizzle over a pool or over one client inside a transaction: every query of this room takes this type. */
export type Db = NodePgDatabase;

export interface Database {
  readonly db: Db;
  readonly pool: pg.Pool;
  readonly url: string;
  close(): Promise<void>;
}

export interface DatabaseOptions {
  readonly connectionsMax?: number;
  /** What the server allows a statement, in milliseconds. Null allows any: for back-ups and migrations alone. */
  readonly statementTimeoutMs?: number | null;
  /** How much longer this side waits for an answer: a server that hangs ends no statement by itself. */
  readonly answerSlackMs?: number;
  /** Shown in pg_stat_activity. */
  readonly applicationName?: string;
  /**
   * Acts as `perennial_app`, which may append to the audit and nothing else there (app-role.ts). Where that role cannot
   * be taken, connections stay what they are and `onOwner` hears of it: only the triggers protect the audit then.
   */
  readonly isApp?: boolean;
  readonly onOwner?: (reason: string) => void;
  /** Idle connections break when the server restarts; the pool replaces them, this only tells. */
  readonly onIdleError?: (error: Error) => void;
}

/**
 * Opens no connection yet. Every wait is bounded: connecting (5 s), a statement (30 s), its answer (5 s more), an idle
 * transaction (60 s).
 */
export function createDatabase(url: string, options: DatabaseOptions = {}): Database {
  let isTold = false;
  const told = (reason: string): void => {
    if (!isTold) options.onOwner?.(reason);
    isTold = true;
  };
  const { statementTimeoutMs = 30_000, answerSlackMs = 5_000 } = options;
  const pool = new pg.Pool({
    connectionString: url,
    max: options.connectionsMax ?? 10,
    connectionTimeoutMillis: 5_000,
    idleTimeoutMillis: 30_000,
    ...(statementTimeoutMs === null
      ? {}
      : { statement_timeout: statementTimeoutMs, query_timeout: statementTimeoutMs + answerSlackMs }),
    idle_in_transaction_session_timeout: 60_000,
    keepAlive: true,
    application_name: options.applicationName ?? 'perennial',
    ...(options.isApp === true ? { onConnect: (client) => becomeApp(client, told) } : {}),
  });
  // Without a listener an idle connection that breaks ends the process.
  pool.on('error', (error) => options.onIdleError?.(error));
  let closing: Promise<void> | null = null;
  return { db: drizzle(pool), pool, url, close: () => (closing ??= pool.end()) };
}

/**
 * Runs `work` in one READ COMMITTED transaction on one connection; `client` is the same connection for COPY and the
 * like. Commits when it resolves, rolls back and rethrows when it rejects. A connection whose end is unknown is
 * dropped.
 */
export async function withTransaction<T>(
  database: Pick<Database, 'pool'>,
  work: (tx: Db, client: pg.PoolClient) => Promise<T>,
): Promise<T> {
  const client = await database.pool.connect();
  let broken: Error | undefined;
  const onError = (error: Error): void => {
    broken = error;
  };
  client.on('error', onError);
  try {
    await client.query('begin');
    const result = await work(drizzle(client), client);
    await client.query('commit');
    return result;
  } catch (error) {
    // A rollback would wait behind the statement that has no answer; the server rolls back when the connection is gone.
    if (isUnanswered(error)) broken ??= new Error('the server did not answer in time');
    else
      await client.query('rollback').catch((cause: unknown) => {
        broken ??= cause instanceof Error ? cause : new Error(String(cause));
      });
    throw error;
  } finally {
    client.off('error', onError);
    client.release(broken);
  }
}

/**
 * Runs `work` in a transaction: a new one over a pool; over a client the one that it is in already (a `Db` over a
 * client is only ever made by `withTransaction`). For writes that must carry their row of the audit whoever calls them.
 */
export async function atomically<T>(db: Db, work: (tx: Db) => Promise<T>): Promise<T> {
  const client: unknown = '$client' in db ? db.$client : null;
  return client instanceof pg.Pool ? withTransaction({ pool: client }, work) : work(db);
}

/** True when this side gave up waiting for an answer (pg says it by this text alone). */
function isUnanswered(error: unknown): boolean {
  for (let at: unknown = error, depth = 0; at instanceof Error && depth < 5; at = at.cause, depth++)
    if (at.message === 'Query read timeout') return true;
  return false;
}

/** Text that Postgres cannot hold: U+0000, half of a surrogate pair. Such text is the fault of whoever sent it. */
export function isUnstorableText(error: unknown): boolean {
  for (let at: unknown = error, depth = 0; at instanceof Error && depth < 5; at = at.cause, depth++) {
    if ('code' in at && (at.code === '22021' || at.code === '22P05')) return true;
    if (
      'code' in at &&
      at.code === '22P02' &&
      /surrogate|\\u0000|Unicode/i.test(`${at.message} ${'detail' in at ? String(at.detail) : ''}`)
    )
      return true;
  }
  return false;
}

/** Connection failures and shutdowns: worth a retry of the whole transaction. */
export function isDatabaseAway(error: unknown): boolean {
  if (isUnanswered(error)) return true;
  for (let at: unknown = error, depth = 0; at instanceof Error && depth < 5; at = at.cause, depth++) {
    const code = 'code' in at && typeof at.code === 'string' ? at.code : '';
    if (/^(08|57P|53|40)/.test(code)) return true;
    if (/^(ECONN|EPIPE|ENOTFOUND|EAI_AGAIN|ETIMEDOUT|EHOST)/.test(code)) return true;
    if (/terminat|timeout exceeded when trying to connect|Connection ended|not queryable/i.test(at.message))
      return true;
    if (at instanceof AggregateError && at.errors.some(isDatabaseAway)) return true;
  }
  return false;
}

/** A wrong password or role (class 28), or a database that is not there (3D000): another server stands in its place. */
export function isDatabaseRefusing(error: unknown): boolean {
  for (let at: unknown = error, depth = 0; at instanceof Error && depth < 5; at = at.cause, depth++)
    if ('code' in at && /^(28...|3D000)$/.test(String(at.code))) return true;
  return false;
}
