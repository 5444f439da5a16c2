import type pg from 'pg';
import type { Database } from '../../base/connect.ts';
import type { LogPlan } from '../store/log-place.ts';

/** Making, freezing and dropping of partitions may wait for five seconds for others, and then a scan takes its time. */
const statementMsMax = 600_000;

/** The log as it is parted, and how long ago a part must have ended before it is sealed. */
export interface SealingPlan extends LogPlan {
  readonly sealAgeMs: number;
}

/** Makes the parts that begin within the next part's length. Answers how many. */
export async function openLogParts(database: Pick<Database, 'pool'>, { partMs }: LogPlan): Promise<number> {
  const { rows } = await database.pool.query<{ made: number }>('select open_log_parts($1, $1) as made', [partMs]);
  return rows[0]?.made ?? 0;
}

/** Drops the ledgers of parts that lie behind the horizon of repeated ids. Answers how many. */
export async function forgetLogIds(database: Pick<Database, 'pool'>, { idHorizonMs }: LogPlan): Promise<number> {
  const { rows } = await database.pool.query<{ gone: number }>('select forget_log_ids($1) as gone', [idHorizonMs]);
  return rows[0]?.gone ?? 0;
}

/**
 * The oldest part that ended before the declared age and is not dropped. What was stored before there was a ledger
 * knows its ids by its own keys, so it stays for the horizon as well.
 */
export async function partToSeal(
  database: Pick<Database, 'pool'>,
  { sealAgeMs, idHorizonMs }: SealingPlan,
): Promise<number | null> {
  const { rows } = await database.pool.query<{ part: number }>(
    `select part from log_part where dropped_at is null and to_at <= now() - $1 * interval '1 millisecond'
       and (part > 0 or to_at <= now() - $2 * interval '1 millisecond')
     order by part limit 1`,
    [sealAgeMs, idHorizonMs],
  );
  return rows[0]?.part ?? null;
}

/** From now on nobody writes to the part; once is as good as twice. */
export async function freezeLogPart(database: Pick<Database, 'pool'>, part: number): Promise<void> {
  await atLeisure(database, (client) => client.query('select freeze_log_part($1)', [part]));
}

/**
 * Drops the partitions of a frozen part; throws when a row of it is not in a sealed stretch. False when that has
 * happened already.
 */
export async function dropLogPart(database: Pick<Database, 'pool'>, part: number): Promise<boolean> {
  const { rows } = await atLeisure(database, (client) =>
    client.query<{ dropped: boolean }>('select drop_log_part($1) as dropped', [part]),
  );
  return rows[0]?.dropped === true;
}

/** One statement on a connection whose limits end with it. */
export async function atLeisure<T>(
  database: Pick<Database, 'pool'>,
  work: (client: pg.PoolClient) => Promise<T>,
): Promise<T> {
  const client = await database.pool.connect();
  let failure: Error | undefined;
  try {
    await client.query(`set statement_timeout = ${statementMsMax}`);
    return await work(client);
  } catch (error) {
    failure = error instanceof Error ? error : new Error(String(error));
    throw error;
  } finally {
    if (failure === undefined) await client.query('reset statement_timeout').catch(() => undefined);
    client.release(failure);
  }
}
