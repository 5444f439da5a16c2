import type { Database } from '../base/connect.ts';
import type { OnlineKey } from './online-build.ts';

/** Channel that carries the name of a model or view whenever rows of it were stored. */
export const pushChannel = 'perennial_pushes';

/**
 * Revisions that are served, whose source is pushed rows, and which do not hold all of them yet; at most `limit`, those
 * first that were looked at longest ago. Law: a look-up of the newest snapshot for each that is served.
 */
export async function pushedViewsBehind(
  { pool }: Pick<Database, 'pool'>,
  limit: number,
): Promise<readonly OnlineKey[]> {
  const { rows } = await pool.query<OnlineKey>(
    `select v.view, v.digest from push_stream p join online_view v on v.view = p.model
       join lateral (select r.spec -> 'source' ->> 'kind' as kind from feature_view_revision r
         where r.view = v.view and r.digest = v.digest order by r.revision limit 1) r on r.kind = 'push'
       left join lateral (select s.digest, s.manifest ->> 'cursor' as cursor from snapshot s
         where s.model = v.view and s.kind = 'view' and s.manifest -> 'view' ->> 'digest' = v.digest
           and s.files_removed_at is null
         order by s.created_at desc limit 1) n on true
     where v.wanted_at > now() - interval '2 days'
       and (n.cursor is distinct from p.last_row::text or v.snapshot is distinct from n.digest)
     order by v.look_at, v.view, v.digest limit $1`,
    [limit],
  );
  return rows;
}

/**
 * Does `work` unless another process is at this revision; false when one is. The lock ends with its connection: a
 * process that is killed holds nobody up, and one that cannot unlock drops the connection.
 */
export async function bringInAlone(
  { pool }: Pick<Database, 'pool'>,
  { view, digest }: OnlineKey,
  work: () => Promise<void>,
): Promise<boolean> {
  const client = await pool.connect();
  const name = `online view ${view}/${digest}`;
  let isBroken = true;
  // Nothing is asked of this connection while the work goes on: if it ends then, nobody else would hear it, and the
  // process would end.
  const onError = (): void => undefined;
  client.on('error', onError);
  try {
    const { rows } = await client.query<{ isMine: boolean }>(
      'select pg_try_advisory_lock(hashtextextended($1, 0)) as "isMine"',
      [name],
    );
    if (rows[0]?.isMine !== true) {
      isBroken = false;
      return false;
    }
    try {
      await work();
      return true;
    } finally {
      await client.query('select pg_advisory_unlock(hashtextextended($1, 0))', [name]);
      isBroken = false;
    }
  } finally {
    client.off('error', onError);
    client.release(isBroken);
  }
}
