import type { Database } from '../base/connect.ts';
import type { OnlineKey } from './online-build.ts';

/** Channel that carries the name of a model or view whenever rows of it were stored. */
export const pushChannel = 'perennial_pushes';

/** A revision that lacks pushed rows. */
export interface ViewBehind extends OnlineKey {
  /** How long ago its newest snapshot was stored; null where it has none, or the online store lacks it. */
  readonly ageMs: number | null;
  /** Its snapshots of the last hour, joined ones too; so many or more where it is `recentMax`. */
  readonly recent: number;
}

/**
 * Revisions that are served, whose source is pushed rows, and which do not hold all of them yet; at most `limit`, those
 * first that were looked at longest ago. Law: a look-up of the newest snapshot for each that is served, and of
 * `recentMax` for each that is behind.
 */
export async function pushedViewsBehind(
  { pool }: Pick<Database, 'pool'>,
  limit: number,
  recentMax: number,
): Promise<readonly ViewBehind[]> {
  const { rows } = await pool.query<ViewBehind>(
    `select v.view, v.digest, h.recent::int as recent,
       case when v.snapshot is not distinct from n.digest
         then extract(epoch from now() - n.created_at)::float8 * 1000 end as "ageMs"
     from push_stream p join online_view v on v.view = p.model
       join lateral (select r.spec -> 'source' ->> 'kind' as kind from feature_view_revision r
         where r.view = v.view and r.digest = v.digest order by r.revision limit 1) r on r.kind = 'push'
       left join lateral (select s.digest, s.manifest ->> 'cursor' as cursor, s.created_at from snapshot s
         where s.model = v.view and s.kind = 'view' and s.manifest -> 'view' ->> 'digest' = v.digest
           and s.files_removed_at is null
         order by s.created_at desc limit 1) n on true
       cross join lateral (select count(*) as recent from (select from snapshot s
         where s.model = v.view and s.kind = 'view' and s.manifest -> 'view' ->> 'digest' = v.digest
           and s.manifest -> 'view' -> 'joins' is null and s.created_at > now() - interval '1 hour' limit $2) o) h
     where v.wanted_at > now() - interval '2 days'
       and (n.cursor is distinct from p.last_row::text or v.snapshot is distinct from n.digest)
     order by v.look_at, v.view, v.digest limit $1`,
    [limit, recentMax],
  );
  return rows;
}
