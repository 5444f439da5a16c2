import { sql, type SQL } from 'drizzle-orm';
import type { Db } from '../base/connect.ts';
import type { OnlineKey } from '../feature-views/online-build.ts';
import { noteRemoval } from './remove-rows.ts';

/** Until then an earlier snapshot may be asked for by its digest. */
const namedDays = 30;
/** Fewer are left for another time: to look for who names them reads the manifests of all models. */
const endedMin = 1_000;
const endedMax = 5_000;

/**
 * Removes the rows of snapshots of a revision that hold nothing any more and that nothing names: what they held was
 * joined with others, or superseded, a month ago. A row stays that a snapshot with rows continues, that rows of a model
 * were joined with or asked, or that an online store was filled from, and so does what leads from it to its rows.
 * Bounded; true when there may be more. To be called inside a transaction.
 */
export async function endViewNames(
  tx: Db,
  { view, digest }: OnlineKey,
  { min = endedMin, days = namedDays }: { readonly min?: number; readonly days?: number } = {},
): Promise<boolean> {
  const isOf = sql`s.model = ${view} and s.kind = 'view' and s.manifest -> 'view' ->> 'digest' = ${digest}`;
  const isOver = sql`${isOf} and s.files_removed_at < now() - make_interval(days => ${days})`;
  const { rows } = await tx.execute<{ count: number }>(sql`
    select count(*)::int as count from (select from snapshot s where ${isOver} limit ${min}) few`);
  if ((rows[0]?.count ?? 0) < min) return false;
  const one = JSON.stringify([{ view, digest }]);
  const namedIn = (views: SQL) => sql`
    select j.one ->> 'snapshot' from snapshot s cross join lateral jsonb_array_elements(${views}) j (one)
      where ${views} is not null and ${views} @> ${one}::jsonb and j.one ->> 'snapshot' is not null`;
  const { rowCount } = await tx.execute(sql`
    with recursive named (digest) as materialized (
      select s.manifest -> 'parents' ->> 0 from snapshot s where ${isOf} and s.files_removed_at is null
      union all
      select unnest(array[o.snapshot, o.building ->> 'snapshot']) from online_view o
        where o.view = ${view} and o.digest = ${digest}
      union all
      select t.digest from snapshot_tag t
      union all ${namedIn(sql`(s.manifest -> 'joined')`)}
      union all ${namedIn(sql`(s.manifest -> 'asked')`)}),
    needed (digest) as (
      select digest from named where digest is not null
      union
      select s.joined_into from needed n join snapshot s on s.digest = n.digest where s.joined_into is not null)
    delete from snapshot where digest in (
      select s.digest from snapshot s where ${isOver}
        and not exists (select from needed n where n.digest = s.digest)
      order by s.created_at limit ${endedMax})`);
  await noteRemoval(tx, view, 'snapshots', { rows: rowCount ?? 0, bytes: 0 });
  return rowCount === endedMax;
}
