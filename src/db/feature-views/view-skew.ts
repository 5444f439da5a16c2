import type { LastSkew } from '../../domain/view/skew.ts';
import { withTransaction, type Database, type Db } from '../base/connect.ts';
import { sql } from 'drizzle-orm';

/** What came of comparing some samples of one model with one view. */
export interface SkewFound {
  readonly model: string;
  readonly view: string;
  readonly equal: number;
  readonly different: number;
  readonly notComparable: number;
  readonly last: LastSkew | null;
}

/** Adds what was found and removes its samples in one transaction: a sample that is gone already counts no more. */
export async function noteSkew(
  database: Pick<Database, 'pool'>,
  found: readonly (SkewFound & { readonly sampleIds: readonly number[] })[],
  tell: (tx: Db, one: SkewFound) => Promise<void>,
): Promise<void> {
  await withTransaction(database, async (tx, client) => {
    for (const { sampleIds, ...one } of found) {
      // oxlint-disable-next-line no-await-in-loop -- one row per model of a view
      const { rowCount } = await client.query('delete from view_sample where sample_id = any($1::bigint[])', [
        sampleIds,
      ]);
      // Somebody else has counted them meanwhile, all or some: the rest is compared with the next ones.
      if (rowCount !== sampleIds.length) throw new Error('samples were compared by two at once');
      // oxlint-disable-next-line no-await-in-loop -- as above
      await client.query(
        `insert into view_skew (model, view, equal, different, not_comparable, last, checked_at)
         values ($1, $2, $3, $4, $5, $6, now())
         on conflict (model, view) do update set equal = view_skew.equal + excluded.equal,
           different = view_skew.different + excluded.different,
           not_comparable = view_skew.not_comparable + excluded.not_comparable,
           last = coalesce(excluded.last, view_skew.last), checked_at = excluded.checked_at`,
        [
          one.model,
          one.view,
          one.equal,
          one.different,
          one.notComparable,
          one.last === null ? null : JSON.stringify(one.last),
        ],
      );
      // oxlint-disable-next-line no-await-in-loop -- as above
      if (one.different > 0) await tell(tx, one);
    }
  });
}

/** How one view stands for one model. */
export interface ViewStanding {
  readonly view: string;
  /** Rows of the last seven days (UTC) by how the values stood. */
  readonly fresh: number;
  readonly stale: number;
  readonly missing: number;
  readonly late: number;
  readonly equal: number;
  readonly different: number;
  readonly notComparable: number;
  readonly last: LastSkew | null;
  readonly checkedAt: Date | null;
}

/** How the views of a model stand, by name; at most `viewsMax`. */
export async function viewStandings(db: Db, model: string): Promise<readonly ViewStanding[]> {
  const { rows } = await db.execute<{
    standing: Omit<ViewStanding, 'checkedAt'>;
    checked_at: Date | string | null;
  }>(sql`
    with used as (
      select view, sum(fresh)::float8 as fresh, sum(stale)::float8 as stale, sum(missing)::float8 as missing,
        sum(late)::float8 as late
      from view_use_day where model = ${model} and day >= to_char(now() at time zone 'utc' - interval '6 days', 'YYYY-MM-DD')
      group by view)
    select jsonb_build_object('view', coalesce(u.view, s.view), 'fresh', coalesce(u.fresh, 0),
        'stale', coalesce(u.stale, 0), 'missing', coalesce(u.missing, 0), 'late', coalesce(u.late, 0),
        'equal', coalesce(s.equal, 0), 'different', coalesce(s.different, 0),
        'notComparable', coalesce(s.not_comparable, 0), 'last', s.last) as standing, s.checked_at
    from used u full join (select * from view_skew where model = ${model}) s on s.view = u.view
    order by 1 limit ${viewsMax}`);
  return rows.map(({ standing, checked_at: checkedAt }) => ({
    ...standing,
    checkedAt: checkedAt === null ? null : new Date(checkedAt),
  }));
}

const viewsMax = 50;
