import { sql } from 'drizzle-orm';
import type { Db } from '../../base/connect.ts';

/** The first position that the log of a model still has, in Postgres or in sealed files; null when it has none. */
export async function firstSeqOf(db: Db, model: string): Promise<number | null> {
  const { rows } = await db.execute<{ seq: number | null }>(sql`select least(
    (select min(p.seq) from prediction p where p.model = ${model}),
    (select min(s.first_place) from sealed_stretch s where s.model = ${model} and s.kind = 'predictions')
  )::float8 as seq`);
  return rows[0]?.seq ?? null;
}
