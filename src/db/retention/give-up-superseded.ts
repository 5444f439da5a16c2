import { sql } from 'drizzle-orm';
import type { Db } from '../base/connect.ts';
import type { OnlineKey } from '../feature-views/online-build.ts';
import { noteRemoval } from './remove-rows.ts';

/** Until then it may be asked for what a store was filled from. */
const supersededDays = 2;
/** Given up in one step. */
const supersededMax = 200;

/**
 * Gives up the files of snapshots of a revision that are read by nobody any more: their source was read whole again
 * since, and no rows that are kept were joined with them. Bounded; true when there may be more. `line`: what the newest
 * one stands for.
 */
export async function giveUpSuperseded(tx: Db, { view, digest }: OnlineKey, line: readonly string[]): Promise<boolean> {
  const { rowCount } = await tx.execute(sql`
    update snapshot set files_removed_at = now() where digest in (
      select s.digest from snapshot s where s.model = ${view} and s.kind = 'view'
        and s.manifest -> 'view' ->> 'digest' = ${digest} and s.files_removed_at is null
        and s.created_at < now() - make_interval(days => ${supersededDays})
        and s.manifest -> 'view' -> 'joins' is null
        and s.digest <> all(${sql.param([...line])}::text[])
        and not exists (select from snapshot c where (c.manifest -> 'parents') @> jsonb_build_array(s.digest)
          and c.files_removed_at is null)
        and not exists (select from snapshot j
          where (j.manifest -> 'joined') @> jsonb_build_array(jsonb_build_object('snapshot', s.digest))
          and j.manifest -> 'joined' is not null and j.files_removed_at is null)
        and not exists (select from online_view o where o.view = ${view} and o.digest = ${digest}
          and o.snapshot = s.digest)
      order by s.created_at limit ${supersededMax})`);
  await noteRemoval(tx, view, 'snapshots', { rows: rowCount ?? 0, bytes: 0 });
  return rowCount === supersededMax;
}
