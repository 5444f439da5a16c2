import { sql } from 'drizzle-orm';
import type { Db } from '../../base/connect.ts';
import { joinCurrentLabel } from './current-label.ts';

/** The first row of an entity whose decision its label contradicted. */
export interface WrongRow {
  readonly arm: string;
  readonly seq: number;
}

export interface Mistake {
  readonly arm: string;
  readonly decision: string;
  readonly label: string;
  readonly entities: number;
}

/** What these entities were told and what turned out to be true, most frequent first. Law: the rows that are named. */
export async function mistakesOf(
  db: Db,
  model: string,
  wrong: readonly WrongRow[],
  mistakesMax: number,
): Promise<readonly Mistake[]> {
  if (wrong.length === 0) return [];
  const result = await db.execute<{ arm: string; decision: string; label: string; entities: number }>(sql`
    with told as (
      select f.arm, p.decision, current.label
      from unnest(${sql.param(wrong.map(({ arm }) => arm))}::text[],
        ${sql.param(wrong.map(({ seq }) => seq))}::bigint[]) as f (arm, seq)
      cross join lateral (select * from prediction where model = ${model} and seq = f.seq limit 1) p
      ${joinCurrentLabel('now')}
      where p.decision <> current.label
    )
    select arm, decision, label, count(*)::int as entities from told group by 1, 2, 3 order by 4 desc
    limit ${mistakesMax}`);
  return result.rows;
}
