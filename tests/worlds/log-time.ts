import type pg from 'pg';

/** Ends the part of the log that rows go to now; the next row goes to the next. Answers the part that ended. */
export async function endPart(pool: pg.Pool): Promise<number> {
  const { rows } = await pool.query<{ part: number }>(
    `with ended as (
       update log_part set to_at = now() - interval '1 millisecond'
         where part = (select min(part) from log_part where to_at > now())
       returning part, to_at
     ), begun as (
       update log_part p set from_at = ended.to_at from ended where p.part = ended.part + 1
     )
     select part from ended`,
  );
  const [ended] = rows;
  if (ended === undefined) throw new Error('no part of the log is open');
  return ended.part;
}

/** Moves the whole calendar of the log into the past, as if that much time had gone by. */
export async function letTimePass(pool: pg.Pool, days: number): Promise<void> {
  await pool.query(
    "update log_part set from_at = from_at - $1 * interval '1 day', to_at = to_at - $1 * interval '1 day'",
    [days],
  );
}
