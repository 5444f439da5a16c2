import { sql } from 'drizzle-orm';
import type { Db } from '../../base/connect.ts';

/** Labelled rows as known at the end of each of these windows, in one pass. */
export async function countLabelled(
  db: Db,
  model: string,
  throughWindows: readonly (number | null)[],
): Promise<readonly number[]> {
  const result = await db.execute<{ rows: number[] }>(sql`
    with first_known as (
      select min(l.known_window) as known_window from label l where l.model = ${model} and l.prediction_id is not
      null group by l.prediction_id
    )
    select array(
      select (select count(*) from first_known where known_window <= w.number)
      from unnest(${sql.param([...throughWindows])}::int[]) with ordinality as w (number, place) order by w.place
    )::int[] as rows`);
  return result.rows[0]?.rows ?? [];
}

/** Labelled rows (as known at the end of `throughWindow`) among the traffic up to `throughSeq`. */
export async function countLabelledThroughSeq(
  db: Db,
  model: string,
  throughSeq: number,
  throughWindow: number,
): Promise<number> {
  const result = await db.execute<{ rows: number }>(sql`
    select count(distinct l.prediction_id)::int as rows from label l
    join prediction p on p.model = l.model and p.prediction_id = l.prediction_id
    where l.model = ${model} and l.known_window <= ${throughWindow} and p.seq <= ${throughSeq} and p.window_number
    <= ${throughWindow}`);
  return result.rows[0]?.rows ?? 0;
}
