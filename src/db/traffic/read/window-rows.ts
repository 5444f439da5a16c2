import { sql } from 'drizzle-orm';
import type { Db } from '../../base/connect.ts';

export interface WindowScores {
  readonly numbers: readonly number[];
  readonly texts: readonly (string | null)[];
  /** As the model gave them, before a correction. */
  readonly scores: readonly number[];
}

/** The first rows of a window that a version answered, in their order. */
export async function windowRowsOf(
  db: Db,
  of: { readonly model: string; readonly number: number; readonly version: number; readonly rowsMax: number },
): Promise<readonly WindowScores[]> {
  const result = await db.execute<{ numbers: number[]; texts: (string | null)[]; scores: number[] }>(sql`
    select p.numbers, p.texts, coalesce(p.raw_scores, p.scores) as scores
    from prediction p join "window" w on w.model = p.model and w.number = ${of.number}
    where p.model = ${of.model} and p.seq between w.first_seq and w.last_seq and p.version = ${of.version}
      and p.scores <> '{}'
    order by p.seq limit ${of.rowsMax}`);
  return result.rows;
}
