import { sql } from 'drizzle-orm';
import type { Db } from '../base/connect.ts';

/** Whether any revision of a model says which column names the entity of a row. */
export async function hasEntityColumn(db: Db, model: string): Promise<boolean> {
  const { rows } = await db.execute<{ has: boolean }>(sql`
    select exists (select from spec_revision where model = ${model}
      and spec -> 'entity' ->> 'column' is not null) as has`);
  return rows[0]?.has === true;
}
