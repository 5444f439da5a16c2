import { eq, sql } from 'drizzle-orm';
import type { Db } from '../base/connect.ts';
import type { OnlineKey } from '../feature-views/online-build.ts';
import { featureView } from '../schema/index.ts';
import { noteRemoval } from './remove-rows.ts';

/** Until then it may be asked for what a store was filled from. */
const supersededDays = 2;
/** Given up in one step. */
const supersededMax = 200;

/**
 * Gives up the files of snapshots of a revision that are read by nobody any more: their source was read whole again two
 * days ago, and no rows that are kept were joined with them. What others were joined into goes with the last of those.
 * Bounded; true when there may be more. `line`: what the newest one stands for. To be called inside a transaction. Law:
 * one look-up while all that is kept stands in the line; else a walk of every line that is needed, each part once.
 */
export async function giveUpSuperseded(tx: Db, { view, digest }: OnlineKey, line: readonly string[]): Promise<boolean> {
  // A source that is read again may give snapshots of before: they are stored behind this, or seen by it.
  await tx.select({ name: featureView.name }).from(featureView).where(eq(featureView.name, view)).for('update');
  const isKept = sql`s.model = ${view} and s.kind = 'view' and s.manifest -> 'view' ->> 'digest' = ${digest}
    and s.files_removed_at is null`;
  const isOld = sql`s.created_at < now() - make_interval(days => ${supersededDays})`;
  const { rowCount } = await tx.execute(sql`
    with recursive old as materialized (
      select s.digest, s.created_at from snapshot s
      where ${isKept} and ${isOld} and s.digest <> all(${sql.param([...line])}::text[])),
    named (digest) as materialized (
      select s.digest from snapshot s where ${isKept} and not ${isOld}
      union all
      (select s.digest from snapshot s where ${isKept} and ${isOld} order by s.created_at desc limit 1)
      union all
      select unnest(array[o.snapshot, o.building ->> 'snapshot']) from online_view o
        where o.view = ${view} and o.digest = ${digest}
      union all
      select j.one ->> 'snapshot'
        from snapshot s cross join lateral jsonb_array_elements(s.manifest -> 'joined') j (one)
        where s.manifest -> 'joined' is not null and s.files_removed_at is null
          and (s.manifest -> 'joined') @> ${JSON.stringify([{ view, digest }])}::jsonb
          and j.one ->> 'view' = ${view} and j.one ->> 'digest' = ${digest}),
    needed (digest) as (
      select digest from named where digest is not null and exists (select from old)
      union
      select w.next from needed n cross join lateral (
        select coalesce(s.joined_into,
            case when s.files_removed_at is null then s.manifest -> 'parents' ->> 0 end) as next
          from snapshot s where s.digest = n.digest limit 1) w
        where w.next is not null)
    update snapshot set files_removed_at = now() where digest in (
      select o.digest from old o where not exists (select from needed n where n.digest = o.digest)
      order by o.created_at limit ${supersededMax})`);
  await noteRemoval(tx, view, 'snapshots', { rows: rowCount ?? 0, bytes: 0 });
  return rowCount === supersededMax;
}
