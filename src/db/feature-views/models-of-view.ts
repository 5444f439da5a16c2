import { sql } from 'drizzle-orm';
import type { Db } from '../base/connect.ts';

/** Models whose current definition takes features from this view, by name, and from which revision; at most `limit`. */
export async function modelsOfView(
  db: Db,
  view: string,
  limit: number,
): Promise<readonly { readonly model: string; readonly digest: string }[]> {
  const { rows } = await db.execute<{ model: string; digest: string }>(sql`
    select r.model, min(f.value -> 'from' ->> 'digest') as digest
    from model m join spec_revision r on r.model = m.name and r.revision = m.spec_revision
      cross join lateral jsonb_array_elements(r.spec -> 'features') f
    where f.value -> 'from' ->> 'view' = ${view}
    group by r.model order by r.model limit ${limit}`);
  return rows.filter(({ digest }) => typeof digest === 'string');
}
