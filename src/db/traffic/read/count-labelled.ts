import { sql } from 'drizzle-orm';
import type { Db } from '../../base/connect.ts';

/**
 * Labelled rows as known at the end of each of these closed windows, in their order; 0 for null and for a window that
 * is not closed. Law: one index look-up per window that is named; the totals are kept with each stored segment.
 */
export async function countLabelled(
  db: Db,
  model: string,
  throughWindows: readonly (number | null)[],
): Promise<readonly number[]> {
  const result = await db.execute<{ rows: number }>(sql`
    select coalesce(w.labelled_rows, 0)::float8 as rows
    from unnest(${sql.param([...throughWindows])}::int[]) with ordinality as asked (number, place)
    left join "window" w on w.model = ${model} and w.number = asked.number
    order by asked.place`);
  return result.rows.map(({ rows }) => rows);
}
