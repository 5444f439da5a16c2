import { and, eq, sql } from 'drizzle-orm';
import type { LastSkew } from '../../domain/view/skew.ts';
import type { Db } from '../base/connect.ts';
import { viewUse } from '../schema/index.ts';

/** How one view stands for one model. */
export interface ViewStanding {
  readonly view: string;
  /** Rows of the last seven days (UTC) by how the values stood; `late` are among the missing ones. */
  readonly fresh: number;
  readonly stale: number;
  readonly missing: number;
  readonly late: number;
  /** Rows that were computed anew, of all times. */
  readonly equal: number;
  readonly different: number;
  readonly notComparable: number;
  readonly last: LastSkew | null;
  readonly checkedAt: string | null;
}

/** Views of one model that are shown. */
const viewsMax = 50;

/** How the views of some models stand, by model, each in the order of names. Law: seven rows per model and view. */
export async function viewStandings(
  db: Db,
  models: readonly string[],
): Promise<ReadonlyMap<string, readonly ViewStanding[]>> {
  if (models.length === 0) return new Map();
  const asked = sql`any(${sql.param([...models])}::text[])`;
  const { rows } = await db.execute<{
    model: string;
    standing: Omit<ViewStanding, 'checkedAt'>;
    checked_ms: number | null;
  }>(sql`
    with used as (
      select model, view, sum(fresh)::float8 as fresh, sum(stale)::float8 as stale, sum(missing)::float8 as missing,
        sum(late)::float8 as late
      from view_use_day
      where model = ${asked} and day >= to_char(now() at time zone 'utc' - interval '6 days', 'YYYY-MM-DD')
      group by model, view)
    select coalesce(u.model, s.model) as model, jsonb_build_object('view', coalesce(u.view, s.view),
        'fresh', coalesce(u.fresh, 0), 'stale', coalesce(u.stale, 0), 'missing', coalesce(u.missing, 0),
        'late', coalesce(u.late, 0), 'equal', coalesce(s.equal, 0), 'different', coalesce(s.different, 0),
        'notComparable', coalesce(s.not_comparable, 0), 'last', s.last) as standing,
      round(extract(epoch from s.checked_at) * 1000)::float8 as checked_ms
    from used u full join (select * from view_skew where model = ${asked}) s on s.model = u.model and s.view = u.view
    order by coalesce(u.model, s.model), coalesce(u.view, s.view)`);
  const byModel = new Map<string, ViewStanding[]>();
  for (const { model, standing, checked_ms: checkedMs } of rows) {
    const own = byModel.get(model) ?? [];
    const checkedAt = checkedMs === null ? null : new Date(checkedMs).toISOString();
    if (own.length < viewsMax) own.push({ ...standing, checkedAt });
    byModel.set(model, own);
  }
  return byModel;
}

/** How values of views stood when a prediction was made; empty where none was looked up, or it is long ago. */
export async function viewUsesOf(db: Db, model: string, predictionId: string) {
  const [row] = await db
    .select({ uses: viewUse.uses })
    .from(viewUse)
    .where(and(eq(viewUse.model, model), eq(viewUse.predictionId, predictionId)));
  return row?.uses ?? [];
}
