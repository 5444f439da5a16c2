import { sql } from 'drizzle-orm';
import type { Db } from '../base/connect.ts';
import type { OnlineKey } from './online-build.ts';

/** Revisions of views in one step; what is behind them waits for the next. */
const pageMax = 500;

/**
 * Revisions of which more than one snapshot holds rows, behind a place (null: from the beginning), by name; at most
 * 500. Law: two look-ups for each revision that was ever declared.
 */
export async function joinableViews(db: Db, after: OnlineKey | null): Promise<readonly OnlineKey[]> {
  const { rows } = await db.execute<{ view: string; digest: string }>(sql`
    select r.view, r.digest from (
      select distinct view, digest from feature_view_revision
      where (view, digest) > (${after?.view ?? ''}, ${after?.digest ?? ''})) r
    where (select count(*) from (select from snapshot s where s.model = r.view and s.kind = 'view'
      and s.manifest -> 'view' ->> 'digest' = r.digest and s.files_removed_at is null limit 2) two) = 2
    order by r.view, r.digest limit ${pageMax}`);
  return rows;
}
