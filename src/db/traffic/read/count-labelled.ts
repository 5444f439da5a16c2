import { sql } from 'drizzle-orm';
import type { Db } from '../../base/connect.ts';
import { predictionOf } from './prediction-of.ts';

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

/** A closed window, and the labelled rows as known at its end. */
interface CountedWindow {
  readonly number: number;
  readonly lastSeq: number;
  readonly labelledRows: number;
}

/**
 * Labelled rows among the traffic through `window`, as known at the end of `throughWindow`: its total, and what became
 * known since then. Law: linear in the labels that came after the window.
 */
export async function countLabelledThrough(
  db: Db,
  model: string,
  window: CountedWindow,
  throughWindow: number,
): Promise<number> {
  if (throughWindow <= window.number) return (await countLabelled(db, model, [throughWindow]))[0] ?? 0;
  const result = await db.execute<{ rows: number }>(sql`
    select count(distinct l.prediction_id)::float8 as rows from label l
    cross join lateral (${predictionOf(model, sql`l.prediction_id`, sql`l.part`)}) p
    where l.model = ${model} and l.known_seq >= ${window.lastSeq} and l.known_window > ${window.number}
      and l.known_window <= ${throughWindow} and p.seq <= ${window.lastSeq} and not exists (
        select 1 from label known where known.model = l.model and known.prediction_id = l.prediction_id
          and known.known_window <= ${window.number})`);
  return window.labelledRows + (result.rows[0]?.rows ?? 0);
}
