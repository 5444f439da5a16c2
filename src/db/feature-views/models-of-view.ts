import { sql } from 'drizzle-orm';
import type { Db } from '../base/connect.ts';

/**
 * Models whose current definition takes features from this view, or asks it by a rule, by name, and which revision; at
 * most `limit`.
 */
export async function modelsOfView(
  db: Db,
  view: string,
  limit: number,
): Promise<readonly { readonly model: string; readonly digest: string }[]> {
  const { rows } = await db.execute<{ model: string; digest: string }>(sql`
    select r.model, min(p.pin ->> 'digest') as digest
    from model m join spec_revision r on r.model = m.name and r.revision = m.spec_revision
      cross join lateral (
        select f -> 'from' from jsonb_array_elements(r.spec -> 'features') f
        union all
        select rule from jsonb_array_elements(coalesce(r.spec #> '{contract,rules}', '[]')) rule
          where rule ->> 'rule' = 'references'
      ) as p (pin)
    where p.pin ->> 'view' = ${view}
    group by r.model order by r.model limit ${limit}`);
  return rows.filter(({ digest }) => typeof digest === 'string');
}
