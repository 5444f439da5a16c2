import { sql } from 'drizzle-orm';
import type { TrainedOn } from '../../domain/record/erasure/erasure.ts';
import type { Db } from '../base/connect.ts';

/** Versions that a report lists. */
const listedMax = 1_000;

/**
 * Versions that learnt from rows which this erasure took away: their snapshots are those, or continue them, or begin
 * with their rows, or were joined with them, and their training began before. Law: once over all snapshots for
 * each step of a chain.
 */
export async function trainedOn(db: Db, erasureId: string): Promise<readonly TrainedOn[]> {
  const { rows } = await db.execute<{ model: string; version: number; isChampion: boolean }>(sql`
    with recursive touched as (
      select t.digest, t.erased_at from tombstone t where t.erasure_id = ${erasureId} and t.what = 'snapshot'
      union
      select s.digest, f.erased_at from touched f join snapshot s on s.manifest -> 'parents' @> to_jsonb(f.digest)
        or s.manifest -> 'branched' ->> 'snapshot' = f.digest
        or s.manifest -> 'joined' @> jsonb_build_array(jsonb_build_object('snapshot', f.digest))
    )
    select v.model, v.version, coalesce((g.entry -> 'champion' ->> 'version')::int = v.version, false) as "isChampion"
    from version v left join run r on r.run_id = v.run_id left join routing g on g.model = v.model
    where exists (select from touched f where v.snapshots @> to_jsonb(f.digest)
      and coalesce(r.started_at, v.created_at) <= f.erased_at)
    order by v.model, v.version limit ${listedMax}`);
  return rows;
}
