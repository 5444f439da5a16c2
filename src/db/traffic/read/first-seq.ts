import { sql } from 'drizzle-orm';
import type { Db } from '../../base/connect.ts';

/** The first position that the log of a model still has, in Postgres or in sealed files, or will have next. */
export async function firstSeqOf(db: Db, model: string): Promise<number> {
  const { rows } = await db.execute<{ seq: number }>(sql`select coalesce(
    least(
      (select min(p.seq) from prediction p where p.model = ${model}),
      (select min(s.first_place) from sealed_stretch s where s.model = ${model} and s.kind = 'predictions')),
    (select s.last_seq + 1 from model_stream s where s.model = ${model}),
    1)::float8 as seq`);
  return rows[0]?.seq ?? 1;
}
